"""Serves the metrics over HTTP, in a thread of its own, where the configuration says."""

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
    """A server on the address given last, or none."""

    def __init__(self, collector: Collector) -> None:
        """Take what is served; nothing listens yet."""
        self._registry = CollectorRegistry()
        self._registry.register(collector)
        self._listens: str | None = None
        self._close: Callable[[], None] = _nothing

    def listen(self, where: str | None) -> None:
        """Listen at an address and port, or nowhere. A port that is taken ends a start, and later is told."""
        if where == self._listens:
            return
        self.stop()
        self._listens = where
        if where is None:
            return
        address, port = parse_listener(where)
        try:
            server, thread = start_http_server(port, str(address), self._registry)
        except OSError as error:
            logger.error("no metrics at %s: %s", where, error.strerror)  # noqa: TRY400 - nothing to trace
            return

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        self._close = close

    def stop(self) -> None:
        """Listen no more."""
        self._close()
        self._close = _nothing
        self._listens = None


def _nothing() -> None:
    pass
