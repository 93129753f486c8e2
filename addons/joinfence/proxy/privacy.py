"""Keeps refused joins, and where anybody connects from, out of what mitmproxy writes."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from mitmproxy import flowfilter

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.options import Options

logger = logging.getLogger("joinfence")

_MARK: Final = "joinfence-hidden"
_CLAUSE: Final = f"!~meta {_MARK}"
_FILTERS: Final = ("dumper_filter", "save_stream_filter")
# These put the client's address before their messages, as a field or as text: "client connect" alone would be
# a list of who came. And they quote what cannot be read of a request, which may be all of its head.
_ADDRESS: Final = re.compile(r"\A(?:\[\S+\]|[\d.]+):\d+: |(?<=\AClient connection )from \S+ ")
_QUOTED: Final = re.compile(r"""(?:\bb|\bbytearray\(b)(['"]).*\1""", re.DOTALL)
# The last is the root: `block_global` says there whom it dropped.
_LOGGERS: Final = ("mitmproxy.proxy.server", "mitmproxy.proxy.layers.http._http_h2", "")


def hide(flow: http.HTTPFlow) -> None:
    """Keep this flow from being printed or saved."""
    flow.metadata[_MARK] = True


def show(flow: http.HTTPFlow) -> None:
    """Let this flow be printed and saved again."""
    flow.metadata.pop(_MARK, None)


def leave_hidden_out(options: Options) -> None:
    """Make the filters for printing and saving leave hidden flows out, whatever else they say."""
    for name in _FILTERS:
        own = getattr(options, name)
        if _CLAUSE not in (own or ""):
            options.update(**{name: _combined(own)})


def _combined(own: str | None) -> str:
    if not own:
        return _CLAUSE
    # The grammar wants blanks inside the parentheses.
    combined = f"( {own} ) & {_CLAUSE}"
    try:
        flowfilter.parse(combined)
    except ValueError:
        logger.warning("the filter %s cannot be combined with the fence's own, which stands alone now", own)
        return _CLAUSE
    return combined


def hide_clients() -> None:
    """Leave the client's address out of mitmproxy's own log lines."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(existing, _WithoutClient) for existing in logger.filters):
            logger.addFilter(_WithoutClient())


class _WithoutClient(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.client = None
        if isinstance(record.msg, str) and not record.args:
            record.msg = _QUOTED.sub("(left out)", _ADDRESS.sub("", record.msg))
        return True
