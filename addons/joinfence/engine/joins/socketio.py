"""Socket.IO packets (protocol 5) and the Engine.IO payloads that carry them, protocols 3 and 4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from joinfence.engine.joins.documents import Members, Number, UnreadableError, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.joins.documents import Document

MOST_PACKETS: Final = 500
_SEPARATOR: Final = "\x1e"
_LENGTH: Final = re.compile(r"([0-9]{1,7}):")
# 4 is Engine.IO's message, 2 and 5 are Socket.IO's event, with and without binary parts behind it.
_EVENT: Final = re.compile(r"4[25](?:[0-9]{1,9}-)?(?:(/[^,]*),)?([0-9]{0,20})(?=\[)")


def packets(payload: bytes, *, polling: bool) -> list[Document]:
    """Return the events in a WebSocket message or, `polling`, in a body. Raises as parse_json does.

    Each is an object with `event`, `args` and `namespace`, and `ack` where the sender wants an answer.
    """
    text = payload.decode("utf-8", "replace")
    found: list[Document] = []
    for number, packet in enumerate(_split(text) if polling else (text,)):
        if number >= MOST_PACKETS:
            raise UnreadableError
        event = _event(packet)
        if event is not None:
            found.append(event)
    return found


def _split(text: str) -> Iterator[str]:
    if text.startswith("d="):  # from a page without XMLHttpRequest: a form, with line breaks escaped
        text = unquote_plus(text[2:]).replace("\\n", "\n")
    if _LENGTH.match(text):  # protocol 3 counts, in units of UTF-16
        yield from _counted(text.encode("utf-16-le", "surrogatepass"))
    else:
        yield from text.split(_SEPARATOR, MOST_PACKETS)


def _counted(raw: bytes) -> Iterator[str]:
    place = 0
    while length := _LENGTH.match(raw[place : place + 16].decode("utf-16-le", "replace")):
        start = place + 2 * length.end()
        place = start + 2 * int(length[1])
        yield raw[start:place].decode("utf-16-le", "replace")


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
        members.append(("ack", Number(head[2])))
    return Members(members)
