"""Socket.IO packets (protocol 5) and the Engine.IO payloads that carry them, protocols 3 and 4.

The servers' own readers take more than the protocols say: what JavaScript's Number() makes of a text counts
as a number there, blanks and hexadecimals too. What any of them would read is read here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.formats.json_msgpack import (
    Members,
    Number,
    UnparsableError,
    UnreadableError,
    parse_json,
)
from joinfence.engine.joins.formats.urlencoded import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.joins.formats.json_msgpack import Document

MOST_PACKETS: Final = 500
_SEPARATOR: Final = "\x1e"
_BLANK: Final = "\ufeff"  # beside what Python counts as blank
# 4 is Engine.IO's message, 2 and 5 are Socket.IO's event, with and without binary parts behind it. Then come
# the number of parts, the namespace, and the number that an answer is to bear.
_EVENT: Final = re.compile(rf'4[25](?:[^-\["/]*-)?(?:(/[^,]*),)?([\s\d{_BLANK}]*+)(?=\[)')
_COLON: Final = ":".encode("utf-16-le")
_END_OF_LENGTH: Final = 0xFF


def packets(payload: bytes, *, polling: bool) -> list[Document]:
    """Return the events in a WebSocket message or, `polling`, in a body. Raises as parse_json does.

    Each is an object with `event`, `args` and `namespace`, and `ack` where the sender wants an answer. What
    cannot be read is left out where others can.
    """
    found: list[Document] = []
    problem: UnparsableError | None = None
    for number, packet in enumerate(_split(payload) if polling else (_text(payload),)):
        if number >= MOST_PACKETS:
            raise UnreadableError
        try:
            event = _event(packet)
        except UnreadableError:
            raise
        except UnparsableError as error:
            problem = error
            continue
        if event is not None:
            found.append(event)
    if problem and not found:
        raise problem
    return found


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _split(payload: bytes) -> Iterator[str]:
    """Yield the packets of a body, in every way that a server may take it apart."""
    text = _text(payload)
    yield from text.split(_SEPARATOR, MOST_PACKETS)
    for field in fields(text, "d"):  # from a page without XMLHttpRequest: a form, with line breaks escaped
        unescaped = re.sub(r"(\\)?\\n", lambda match: match[0] if match[1] else "\n", field)
        unescaped = unescaped.replace("\\\\n", "\\n")
        yield from unescaped.split(_SEPARATOR, MOST_PACKETS)
        yield from _counted(unescaped)
    yield from _counted(text)
    if _END_OF_LENGTH in payload:
        yield from _framed(payload)


def _counted(text: str) -> Iterator[str]:
    """Yield the packets of protocol 3: `LENGTH:PACKET`, counted in units of UTF-16."""
    raw, place = text.encode("utf-16-le", "surrogatepass"), 0
    while (colon := raw.find(_COLON, place)) >= 0:
        # One found between two units has a letter before it, which no length has.
        length = _number(raw[place:colon].decode("utf-16-le", "replace"))
        if length is None:
            return
        start = colon + len(_COLON)
        place = start + 2 * length
        if length:
            yield raw[start:place].decode("utf-16-le", "replace")


def _number(text: str) -> int | None:
    """Return the whole number that JavaScript's Number() makes of a text that is not empty."""
    bare = text.strip().strip(_BLANK).lower()
    if not text or "_" in bare:
        return None
    try:
        value = float(int(bare, 0) if bare[:2] in {"0x", "0o", "0b"} else bare or 0)
        return int(value) if value >= 0 and value.is_integer() else None
    except (ValueError, OverflowError):
        return None


def _framed(payload: bytes) -> Iterator[str]:
    """Yield the texts in a binary payload of protocol 3: a kind, a length's digits, 255 and the packet."""
    place = 0
    while (end := payload.find(_END_OF_LENGTH, place + 1)) >= 0:
        digits = "".join(map(str, payload[place + 1 : end]))
        if not 0 < len(digits) <= _MOST_DIGITS:
            return
        start = place + len(digits) + 2
        if payload[place] == 0:
            yield _text(payload[start : start + int(digits)])
        place = start + int(digits)


_MOST_DIGITS: Final = 310


def _event(packet: str) -> Document:
    head = _EVENT.match(packet)
    if head is None:
        return None
    body = parse_json(packet[head.end() :].encode("utf-8", "surrogatepass"))
    if not isinstance(body, list) or not body or not isinstance(body[0], str) or isinstance(body[0], Number):
        return None
    members: list[tuple[str, Document]] = [
        ("event", body[0]),
        ("args", body[1:]),
        ("namespace", head[1] or "/"),
    ]
    if head[2]:
        members.append(("ack", Number(re.sub("[^0-9]", "", head[2]) or "0")))
    return Members(members)
