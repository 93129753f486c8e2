"""The fence's side of `joinfence probe`, which finds out whether clients can forge their address.

A probe first asks for a token, which comes with a random documentation address (RFC 3849). Then it sends that
address in every forwarding header through all proxies, with the token. The answer is one word that says where
the address arrived in the headers. It contains no address.
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
from joinfence.engine.values import AddressBasis, ClientAddress
from joinfence.refusal.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.client.resolve import ClientAddressPolicy
    from joinfence.engine.values import Address, Request

PATH: Final = b"/.well-known/joinfence-probe"
TOKEN: Final = "Joinfence-Probe"  # noqa: S105 - the name of a header
TOKEN_LIFETIME: Final = timedelta(minutes=1)
MAX_TOKENS: Final = 64
MAX_ENTRIES: Final = 64
"""The most entries that are searched. The probe sends one, to which each proxy may have added another."""

_DOCUMENTATION: Final = int(IPv6Address("2001:db8::"))


class Position(StrEnum):
    """Where the probe's address arrived."""

    CHOSEN = "chosen"
    """It became the client address: clients can choose theirs."""
    LEFT = "left"
    """Left of the client address, as it should be: the proxies append."""
    ABSENT = "absent"
    """Nowhere: a proxy overwrites the header, or no header is read."""
    RIGHT = "right"
    """It became the client address, and stands right of what a proxy added: that proxy prepends."""
    IGNORED = "ignored"
    """In a header that is not read, since its sender is not a trusted proxy."""
    UNDETERMINED = "undetermined"
    """The client address could not be determined."""


class Probe:
    """Issues tokens, and answers the probes that return them."""

    def __init__(self) -> None:
        """Start without tokens."""
        self._issued: dict[str, tuple[datetime, Address]] = {}

    def answer(self, request: Request, policy: ClientAddressPolicy) -> Answer | None:
        """Return the answer to a probe; None for any other request. A token can be used once."""
        if request.path != PATH or request.method != "GET":
            return None
        token = next(lines_from_right(request.headers, TOKEN.lower().encode("ascii")), None)
        if token is None:
            return self._issue(request.at)
        issued = self._issued.pop(token.decode("latin-1"), None)
        if issued is None or request.at - issued[0] > TOKEN_LIFETIME:
            return _answer(
                HTTPStatus.FORBIDDEN, {"error": "this token is unknown, used or older than a minute"}
            )
        return _answer(HTTPStatus.OK, {"position": position(request, policy, issued[1]).value})

    def _issue(self, at: datetime) -> Answer:
        while len(self._issued) >= MAX_TOKENS:
            del self._issued[next(iter(self._issued))]
        token, address = secrets.token_urlsafe(16), IPv6Address(_DOCUMENTATION + secrets.randbits(96))
        self._issued[token] = (at, address)
        return _answer(HTTPStatus.OK, {"token": token, "address": str(address)})


def position(request: Request, policy: ClientAddressPolicy, made_up: Address) -> Position:
    """Return where an address arrived that a probe sent as the only entry of each header.

    An entry to the left of it was prepended by a proxy.
    """
    client = resolve_client_address(peer=request.peer, headers=request.headers, policy=policy)
    entries = list(islice(_addresses(request, policy), MAX_ENTRIES))
    present = made_up in entries
    if not isinstance(client, ClientAddress):
        return Position.UNDETERMINED
    if client.address == made_up:
        return Position.RIGHT if entries.index(made_up) + 1 < len(entries) else Position.CHOSEN
    if client.basis is not AddressBasis.HEADER and entries not in ([], [made_up]):
        return Position.IGNORED
    return Position.LEFT if present and client.basis is AddressBasis.HEADER else Position.ABSENT


def _addresses(request: Request, policy: ClientAddressPolicy) -> Iterator[Address | None]:
    """Yield the address in each entry of the header, nearest first. With source peer, of X-Forwarded-For."""
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
