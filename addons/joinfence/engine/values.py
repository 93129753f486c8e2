"""The values a decision is made from: the request, the client address and the location. All are immutable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

type Address = IPv4Address | IPv6Address
type HeaderFields = tuple[tuple[bytes, bytes], ...]


# -- the request ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request as it arrived: bytes from an untrusted client, not yet interpreted.

    `path` is the raw request target with its query. `hosts` are all hosts that the request names
    (authority and Host lines), as sent. `headers` keeps the wire order. `body` is None while only
    the head has arrived. `peer` is the address of the connection as text, None if it has none.
    `at` is the aware instant of the request, read from the clock once.
    """

    method: str
    scheme: str
    hosts: tuple[str, ...]
    path: bytes
    headers: HeaderFields
    body: bytes | None
    peer: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Join:
    """An attempt to enter one meeting: the service and the meeting's id in canonical form."""

    service: str
    meeting: str


# -- the client address ---------------------------------------------------------------------------


class AddressBasis(StrEnum):
    """Where a client address was taken from."""

    PEER = "peer"
    PEER_UNTRUSTED = "peer_untrusted"
    HEADER = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAddress:
    """The address of the client. Where a list is walked by trust, it is never a trusted proxy.

    `claims` are the addresses in the entries just left of it, nearest first. They are unauthenticated text,
    and only read if the policy asks for them.
    """

    address: Address
    basis: AddressBasis
    port: int | None = None
    claims: tuple[Address, ...] = ()


class UndeterminedReason(StrEnum):
    """Why the client address could not be determined. Each means that the deployment is misconfigured."""

    PEER_UNUSABLE = "peer_unusable"
    HEADER_MISSING = "header_missing"
    MALFORMED = "malformed"
    WITHHELD = "withheld"
    ALL_TRUSTED = "all_trusted"
    CHAIN_TOO_LONG = "chain_too_long"
    CHAIN_TOO_SHORT = "chain_too_short"
    MULTIPLE_VALUES = "multiple_values"


class Flaw(StrEnum):
    """What is wrong with a malformed entry."""

    EMPTY = "empty"
    TOO_LONG = "item_too_long"
    CONTROL_OR_NON_ASCII = "control_or_non_ascii"
    NOT_AN_ADDRESS = "not_an_address"
    UNSPECIFIED_ADDRESS = "unspecified_address"
    BAD_PORT = "bad_port"
    BAD_PAIR = "bad_pair"
    BAD_VALUE = "bad_value"
    DUPLICATE_PARAMETER = "duplicate_parameter"
    EMPTY_FOR = "empty_for"
    UNTERMINATED_QUOTE = "unterminated_quote"


class Withheld(StrEnum):
    """An entry in which a proxy deliberately withheld the address (RFC 7239 sections 6.2 and 6.3)."""

    UNKNOWN_OR_OBFUSCATED = "unknown_or_obfuscated"
    NO_FOR_PARAMETER = "no_for_parameter"


@dataclass(frozen=True, slots=True)
class Undetermined:
    """No client address, and why. `detail` names the flaw of an entry and never contains its text."""

    reason: UndeterminedReason
    detail: str | None = None


# -- the location ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an address is according to the sources.

    `country` is ISO 3166-1 alpha-2 (or XK), `subdivisions` are ISO 3166-2 codes in that country, and
    `sources` are the names of the sources with the build of their data.
    """

    country: str
    subdivisions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class UnlocatedReason(StrEnum):
    """Why an address has no location. A join is admitted in each case."""

    UNKNOWN = "unknown"
    DISPUTED = "disputed"
    STALE = "stale"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Unlocated:
    """No location, and why."""

    reason: UnlocatedReason
