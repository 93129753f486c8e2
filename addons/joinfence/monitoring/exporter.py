"""Serves the metrics over HTTP.

prometheus_client's server runs in its own thread, so that a scrape does not hold up the event loop. It cannot
move to another address, so a change of the setting stops it and starts a new one. A port that is taken is an
error: at the start it makes mitmdump exit (an error that is logged before mitmproxy runs does), and while the
fence runs it is logged, and the fence goes on without metrics.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, start_http_server

from joinfence.config.listener import parse_listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client.registry import Collector

logger = logging.getLogger("joinfence")


class Exporter:
    """An HTTP server for metrics, at the address that was given last."""

    def __init__(self, collector: Collector) -> None:
        """Serve a collector. Nothing listens until `listen` is called."""
        self._registry = CollectorRegistry()
        self._registry.register(collector)
        self._address: str | None = None
        self._close: Callable[[], None] = _nothing

    def listen(self, where: str | None) -> None:
        """Listen at an address and port, or nowhere if None. A failure is logged as an error."""
        if where == self._address:
            return
        self.stop()
        self._address = where
        if where is None:
            return
        address, port = parse_listener(where)
        try:
            server, thread = start_http_server(port, str(address), self._registry)
        except OSError as error:
            logger.error("metrics cannot be served at %s: %s", where, error.strerror)  # noqa: TRY400 - a traceback would not help
            return

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        self._close = close

    def stop(self) -> None:
        """Stop listening."""
        self._close()
        self._close = _nothing
        self._address = None


def _nothing() -> None:
    pass
