"""Keeps joins to meetings that an order names, and all client addresses, out of what mitmproxy writes.

mitmproxy prints every flow (addon `dumper`), saves flows to a file if asked to (`-w`, addon `save`), and logs
connections and protocol errors with the client's address. A flow is hidden by a mark in its metadata: both
addons have an option with a filter expression, to which `& !~meta MARK` is added, so that what the user set
still applies. Addresses are removed from log lines by a filter on mitmproxy's loggers.
"""

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
# mitmproxy's loggers put the client's address in front of a message, as a field or as text, so that even its
# "client connect" lines would list who came. They also quote what they cannot parse, which may be the whole
# head of a request.
_ADDRESS: Final = re.compile(r"\A(?:\[\S+\]|[\d.]+):\d+: |(?<=\AClient connection )from \S+ ")
_QUOTED: Final = re.compile(r"""(?:\bb|\bbytearray\(b)(['"]).*\1""", re.DOTALL)
# The last one is the root logger, to which the addon block_global writes the address of a client it drops.
_LOGGERS: Final = ("mitmproxy.proxy.server", "mitmproxy.proxy.layers.http._http_h2", "")


def hide(flow: http.HTTPFlow) -> None:
    """Keep this flow from being printed or saved."""
    flow.metadata[_MARK] = True


def unhide(flow: http.HTTPFlow) -> None:
    """Let this flow be printed and saved again."""
    flow.metadata.pop(_MARK, None)


def exclude_hidden_flows(options: Options) -> None:
    """Make the filters for printing and saving exclude hidden flows, in addition to what the user set."""
    for name in _FILTERS:
        own = getattr(options, name)
        if _CLAUSE not in (own or ""):
            options.update(**{name: _combined(own)})


def _combined(own: str | None) -> str:
    if not own:
        return _CLAUSE
    # The grammar requires spaces inside the parentheses.
    combined = f"( {own} ) & {_CLAUSE}"
    try:
        flowfilter.parse(combined)
    except ValueError:
        logger.warning("the filter %s cannot be combined with the fence's own filter, which replaces it", own)
        return _CLAUSE
    return combined


def redact_client_addresses() -> None:
    """Remove client addresses from mitmproxy's own log lines."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(existing, _Redact) for existing in logger.filters):
            logger.addFilter(_Redact())


class _Redact(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.client = None
        if isinstance(record.msg, str) and not record.args:
            record.msg = _QUOTED.sub("(left out)", _ADDRESS.sub("", record.msg))
        return True
