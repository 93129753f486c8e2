"""Socket.IO packets (protocol 5) and the Engine.IO payloads (protocols 3 and 4) that carry them.

A WebSocket message is one packet. A polling body holds several, and there are four ways to separate them:

- protocol 4 puts the character U+001E between packets;
- protocol 3 puts the length of each packet, in UTF-16 code units, and a colon before it;
- protocol 3 for binary data puts a kind, one byte for each digit of the length, and the byte 255 before it;
- a page without XMLHttpRequest posts a form; its field `d` is one of the first two, with escaped newlines.

The client chooses, so a body is split in every way that applies, and the events found in any of them count.

Servers accept more than the protocols allow. They convert lengths and numbers with JavaScript's Number(),
which also takes surrounding whitespace and hexadecimal digits. Whatever a known server accepts is accepted
here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.formats.json_msgpack import (
    Members,
    Number,
    UninspectableError,
    UnparsableError,
    parse_json,
)
from joinfence.engine.joins.formats.urlencoded import field_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.joins.formats.json_msgpack import JsonValue

MAX_PACKETS: Final = 500
_SEPARATOR: Final = "\x1e"
_BYTE_ORDER_MARK: Final = "\ufeff"  # whitespace in JavaScript, but not in Python
# 4 is an Engine.IO message; 2 is a Socket.IO event, and 5 one with binary attachments. Then follow the
# number of attachments, the namespace, and the number that an acknowledgement has to repeat.
_EVENT: Final = re.compile(rf'4[25](?:[^-\["/]*-)?(?:(/[^,]*),)?([\s\d{_BYTE_ORDER_MARK}]*+)(?=\[)')
_COLON: Final = ":".encode("utf-16-le")
_LENGTH_END: Final = 0xFF


def packets(payload: bytes, *, polling: bool) -> list[JsonValue]:
    """Return the events in a WebSocket message or, if `polling`, in a body. Raises as parse_json does.

    Each event is an object with `event`, `args` and `namespace`, and `ack` if the client asks for an
    acknowledgement. A packet that cannot be parsed is an error only if there is no event at all.
    """
    found: list[JsonValue] = []
    problem: UnparsableError | None = None
    for number, packet in enumerate(_split_body(payload) if polling else (_text(payload),)):
        if number >= MAX_PACKETS:
            raise UninspectableError
        try:
            event = _event(packet)
        except UninspectableError:
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


def _split_body(payload: bytes) -> Iterator[str]:
    """Yield the packets of a body after each way to split it."""
    text = _text(payload)
    yield from text.split(_SEPARATOR, MAX_PACKETS)
    for field in field_values(text, "d"):  # a form, with line breaks escaped
        unescaped = re.sub(r"(\\)?\\n", lambda match: match[0] if match[1] else "\n", field)
        unescaped = unescaped.replace("\\\\n", "\\n")
        yield from unescaped.split(_SEPARATOR, MAX_PACKETS)
        yield from _split_by_text_length(unescaped)
    yield from _split_by_text_length(text)
    if _LENGTH_END in payload:
        yield from _split_by_binary_length(payload)


def _split_by_text_length(text: str) -> Iterator[str]:
    """Yield the packets of protocol 3, `LENGTH:PACKET`, with the length in UTF-16 code units."""
    raw, position = text.encode("utf-16-le", "surrogatepass"), 0
    while (colon := raw.find(_COLON, position)) >= 0:
        # If this colon is really half of one code unit and half of the next, the text before it is no number.
        length = _javascript_number(raw[position:colon].decode("utf-16-le", "replace"))
        if length is None:
            return
        start = colon + len(_COLON)
        position = start + 2 * length
        if length:
            yield raw[start:position].decode("utf-16-le", "replace")


def _javascript_number(text: str) -> int | None:
    """Return the non-negative integer that JavaScript's Number() makes of a text, None if it makes none.

    Number("") would be 0, but here an empty text is no length.
    """
    bare = text.strip().strip(_BYTE_ORDER_MARK).lower()
    if not text or "_" in bare:
        return None
    try:
        value = float(int(bare, 0) if bare[:2] in {"0x", "0o", "0b"} else bare or 0)
        return int(value) if value >= 0 and value.is_integer() else None
    except (ValueError, OverflowError):
        return None


def _split_by_binary_length(payload: bytes) -> Iterator[str]:
    """Yield the text packets of a binary payload: a kind, the digits of the length, 255, and the packet.

    As in the server's parser, a byte above 9 counts as two digits, and the packet then begins a byte later.
    """
    position = 0
    while (end := payload.find(_LENGTH_END, position + 1)) >= 0:
        digits = "".join(map(str, payload[position + 1 : end]))
        if not 0 < len(digits) <= _MAX_LENGTH_DIGITS:
            return
        start = position + len(digits) + 2
        if payload[position] == 0:
            yield _text(payload[start : start + int(digits)])
        position = start + int(digits)


_MAX_LENGTH_DIGITS: Final = 310


def _event(packet: str) -> JsonValue:
    head = _EVENT.match(packet)
    if head is None:
        return None
    body = parse_json(packet[head.end() :].encode("utf-8", "surrogatepass"))
    if not isinstance(body, list) or not body or not isinstance(body[0], str) or isinstance(body[0], Number):
        return None
    members: list[tuple[str, JsonValue]] = [
        ("event", body[0]),
        ("args", body[1:]),
        ("namespace", head[1] or "/"),
    ]
    if head[2]:
        members.append(("ack", Number(re.sub("[^0-9]", "", head[2]) or "0")))
    return Members(members)
