"""Content codings (RFC 9110 section 8.4): undoing the compression of a body, as a server would."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from joinfence.engine.values import HeaderFields

# Window sizes as zlib takes them. "deflate" is sent with zlib's header and without (RFC 9110 section
# 8.4.1.2).
_WINDOWS: Final = {b"gzip": (31,), b"x-gzip": (31,), b"deflate": (15, -15)}


def decoded(body: bytes, headers: HeaderFields, limit: int) -> bytes | None:
    """Return the body with its codings undone; None if it has none, or if one cannot be undone.

    Also None if any step produces more than `limit` bytes.
    """
    codings = [
        coding.strip().lower()
        for name, value in headers
        if name.lower() == b"content-encoding"
        for coding in value.split(b",")
    ]
    if not codings:
        return None
    plain: bytes | None = body
    for coding in reversed(codings):
        if plain is not None and coding != b"identity":
            plain = _undo(plain, coding, limit)
    return plain


def _undo(body: bytes, coding: bytes, limit: int) -> bytes | None:
    for window in _WINDOWS.get(coding, ()):
        decompressor = zlib.decompressobj(window)
        try:
            plain = decompressor.decompress(body, limit + 1)
        except zlib.error:
            continue
        if decompressor.eof and len(plain) <= limit:
            return plain
    return None
