"""Content codings (RFC 9110 section 8.4): what a server reads in a body that was sent compressed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from joinfence.engine.values import HeaderFields

# As zlib counts. What is called deflate comes with zlib's frame and without (RFC 9110 section 8.4.1.2).
_WINDOWS: Final = {b"gzip": (31,), b"x-gzip": (31,), b"deflate": (15, -15)}


def decoded(body: bytes, headers: HeaderFields, limit: int) -> bytes | None:
    """Return the body with its codings undone, None if it has none, or one that cannot be undone.

    None as well where more than `limit` bytes come out of it, at any step.
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
            plain = _undone(plain, coding, limit)
    return plain


def _undone(body: bytes, coding: bytes, limit: int) -> bytes | None:
    for window in _WINDOWS.get(coding, ()):
        undoing = zlib.decompressobj(window)
        try:
            plain = undoing.decompress(body, limit + 1)
        except zlib.error:
            continue
        if undoing.eof and len(plain) <= limit:
            return plain
    return None
