"""Requests that the service could read as something else than what the gate decides on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from joinfence.engine.values import Request

_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET: Final = re.compile(rb"\*|/[^\x00-\x20\x7f]*")
_OFFER: Final = (b"upgrade", b"http2-settings")


def is_ambiguous(request: Request) -> bool:
    """Return whether the service could read another method or target than the gate does.

    HTTP/2 carries both as free text, which a proxy writes into an HTTP/1.1 request line as it is. A target
    must start with a slash (RFC 9113 section 8.3.1): `http://any/path` would be read as `/path`.
    """
    return not (_METHOD.fullmatch(request.method) and _TARGET.fullmatch(request.path))


def without_foreign_upgrade(request: Request) -> Request:
    """Return the request without an offer to leave HTTP for anything but a WebSocket; itself if it has none.

    What follows an upgrade to h2c, say, cannot be read: joins would pass inside it. An offer is for one
    connection only, and an intermediary need not pass it on (RFC 9110 section 7.8).
    """
    offers = [value.strip().lower() for name, value in request.headers if name.lower() == b"upgrade"]
    if not offers or offers == [b"websocket"]:
        return request
    return replace(
        request, headers=tuple(field for field in request.headers if field[0].lower() not in _OFFER)
    )
