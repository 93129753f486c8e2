"""The fence's side of `joinfence probe`: where a made-up address came out that was sent through the entry.

A probe asks for a token, which comes with a random documentation address (RFC 3849), and sends that address
through the public entry in every forwarding header. The answer is one word. Nothing is said of any address.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from ipaddress import IPv6Address
from itertools import islice
from typing import TYPE_CHECKING, Final

from joinfence.engine.client.headers import entries_from_right, lines_from_right, read_entry
from joinfence.engine.client.resolve import (
    HeaderForm,
    header_entries,
    read_header_entry,
    resolve_client_address,
)
from joinfence.engine.values import Basis, ClientAddress
from joinfence.refusal.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.client.resolve import ClientAddressPolicy
    from joinfence.engine.values import Address, Request

PATH: Final = b"/.well-known/joinfence-probe"
TOKEN: Final = "Joinfence-Probe"  # noqa: S105 - the name of a header
LIVES: Final = timedelta(minutes=1)
MOST_TOKENS: Final = 64
MOST_READ: Final = 64
"""Entries looked through for the made-up address: it is the probe's only one, so few stand beside it."""

_DOCUMENTATION: Final = int(IPv6Address("2001:db8::"))


class Position(StrEnum):
    """Where the made-up address came out."""

    CHOSEN = "chosen"
    LEFT = "left"
    ABSENT = "absent"
    RIGHT = "right"
    IGNORED = "ignored"
    UNDETERMINED = "undetermined"


class Probe:
    """The tokens that are out, and the answers."""

    def __init__(self) -> None:
        """Start without tokens."""
        self._out: dict[str, tuple[datetime, Address]] = {}

    def answer(self, request: Request, policy: ClientAddressPolicy) -> Answer | None:
        """Return the answer to a request of a probe, None where it is none. A token serves once."""
        if request.path != PATH or request.method != "GET":
            return None
        token = next(lines_from_right(request.headers, TOKEN.lower().encode("ascii")), None)
        if token is None:
            return self._issue(request.at)
        issued = self._out.pop(token.decode("latin-1"), None)
        if issued is None or request.at - issued[0] > LIVES:
            return _answer(
                HTTPStatus.FORBIDDEN, {"error": "this token is unknown, used or older than a minute"}
            )
        return _answer(HTTPStatus.OK, {"position": position(request, policy, issued[1]).value})

    def _issue(self, at: datetime) -> Answer:
        while len(self._out) >= MOST_TOKENS:
            del self._out[next(iter(self._out))]
        token, address = secrets.token_urlsafe(16), IPv6Address(_DOCUMENTATION + secrets.randbits(96))
        self._out[token] = (at, address)
        return _answer(HTTPStatus.OK, {"token": token, "address": str(address)})


def position(request: Request, policy: ClientAddressPolicy, made_up: Address) -> Position:
    """Return where the fence finds an address that a probe sent as the only entry of each header.

    Something left of it was put in front by a proxy, which makes the probe's entry the nearest one.
    """
    client = resolve_client_address(peer=request.peer, headers=request.headers, policy=policy)
    entries = list(islice(_addresses(request, policy), MOST_READ))
    present = made_up in entries
    if not isinstance(client, ClientAddress):
        return Position.UNDETERMINED
    if client.address == made_up:
        return Position.RIGHT if entries.index(made_up) + 1 < len(entries) else Position.CHOSEN
    if client.basis is not Basis.HEADER and (entries != [made_up] if entries else False):
        return Position.IGNORED
    return Position.LEFT if present and client.basis is Basis.HEADER else Position.ABSENT


def _addresses(request: Request, policy: ClientAddressPolicy) -> Iterator[Address | None]:
    """Yield what the entries of the header name, nearest first; with source peer, of X-Forwarded-For."""
    if policy.header is None:
        reads = (read_entry(entry) for entry in entries_from_right(request.headers, b"x-forwarded-for"))
    elif policy.form is HeaderForm.SINGLE:
        reads = (read_entry(entry) for entry in entries_from_right(request.headers, policy.header))
    else:
        reads = (read_header_entry(entry, policy) for entry in header_entries(request.headers, policy))
    for read in reads:
        yield read[0] if isinstance(read, tuple) else None


def _answer(status: HTTPStatus, document: dict[str, str]) -> Answer:
    return Answer(
        status=status,
        headers=(("Content-Type", "application/json"), ("Cache-Control", "no-store")),
        body=json.dumps(document).encode("ascii") + b"\n",
    )
