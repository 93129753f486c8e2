"""Keeps refused joins, and where anybody connects from, out of what mitmproxy writes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.options import Options

_MARK: Final = "joinfence-refused"
_CLAUSE: Final = f"!~meta {_MARK}"
_FILTERS: Final = ("dumper_filter", "save_stream_filter")
# These prefix their messages with the client's address: "client connect" alone would be a list of who came.
_LOGGERS: Final = ("mitmproxy.proxy.server", "mitmproxy.proxy.layers.http._http_h2")


def mark_refused(flow: http.HTTPFlow) -> None:
    """Keep this flow from being printed or saved."""
    flow.metadata[_MARK] = True


def hide_refused(options: Options) -> None:
    """Make the filters for printing and saving leave refused flows out, whatever else they say."""
    for name in _FILTERS:
        own = getattr(options, name)
        if _CLAUSE not in (own or ""):
            options.update(**{name: f"{_CLAUSE} & ({own})" if own else _CLAUSE})


def hide_clients() -> None:
    """Leave the client's address out of mitmproxy's own log lines."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(existing, _WithoutClient) for existing in logger.filters):
            logger.addFilter(_WithoutClient())


class _WithoutClient(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.client = None
        return True
