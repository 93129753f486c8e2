"""Requests that the service could read differently from the gate."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from joinfence.engine.values import Request

_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET: Final = re.compile(rb"\*|/[^\x00-\x20\x7f]*")
_UPGRADE_FIELDS: Final = (b"upgrade", b"http2-settings")


def is_ambiguous(request: Request) -> bool:
    """Return whether the service could read a different method or target than the gate.

    HTTP/2 carries both as free text, which a proxy copies into an HTTP/1.1 request line unchanged. A target
    must start with a slash (RFC 9113 section 8.3.1): an HTTP/1.1 server reads `http://any/path` as `/path`.
    """
    return not (_METHOD.fullmatch(request.method) and _TARGET.fullmatch(request.path))


def without_other_upgrades(request: Request) -> Request:
    """Return the request without its Upgrade fields, unless they ask for a WebSocket alone.

    After an upgrade to h2c, say, the fence could not read the connection, and joins would pass inside it. An
    Upgrade field concerns one connection only, and intermediaries need not forward it (RFC 9110 section 7.8).
    """
    protocols = [value.strip().lower() for name, value in request.headers if name.lower() == b"upgrade"]
    if not protocols or protocols == [b"websocket"]:
        return request
    kept = tuple(field for field in request.headers if field[0].lower() not in _UPGRADE_FIELDS)
    return replace(request, headers=kept)
