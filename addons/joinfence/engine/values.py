"""The values a decision is made of. All are immutable; nothing here reads a clock or a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

type Address = IPv4Address | IPv6Address
type HeaderFields = tuple[tuple[bytes, bytes], ...]


# -- what came in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request as it arrived: hostile bytes, not yet interpreted.

    `path` is the raw request target with its query. `hosts` holds every host the request names
    (authority and Host lines), as sent. `headers` keeps the wire order. `body` is None while only
    the head has arrived. `peer` is the text of the connection's address, None if there is none.
    `at` is aware and read once per request.
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


# -- who is connecting ----------------------------------------------------------------------------


class Basis(StrEnum):
    """What a client address rests on."""

    PEER = "peer"
    PEER_UNTRUSTED = "peer_untrusted"
    HEADER = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAddress:
    """The address of whoever is connecting: never a trusted proxy where a list is walked by trust.

    `claims` are the addresses in the nearest entries left of it, nearest first: unauthenticated text, and
    empty unless the policy asks for them.
    """

    address: Address
    basis: Basis
    port: int | None = None
    claims: tuple[Address, ...] = ()


class UndeterminedReason(StrEnum):
    """Why no client address could be had. Each means that the deployment needs mending."""

    PEER_UNUSABLE = "peer_unusable"
    HEADER_MISSING = "header_missing"
    MALFORMED = "malformed"
    WITHHELD = "withheld"
    ALL_TRUSTED = "all_trusted"
    CHAIN_TOO_LONG = "chain_too_long"
    CHAIN_TOO_SHORT = "chain_too_short"
    MULTIPLE_VALUES = "multiple_values"


class Flaw(StrEnum):
    """What is wrong with an entry that had to be read."""

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
    """An entry whose writer chose not to say who it was (RFC 7239 sections 6.2 and 6.3)."""

    UNKNOWN_OR_OBFUSCATED = "unknown_or_obfuscated"
    NO_FOR_PARAMETER = "no_for_parameter"


@dataclass(frozen=True, slots=True)
class Undetermined:
    """No client address, with the reason; `detail` says more of a malformed entry, never its text."""

    reason: UndeterminedReason
    detail: str | None = None


# -- where that is --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """What the sources say of an address.

    `country` is ISO 3166-1 alpha-2 (or XK), `subdivisions` are ISO 3166-2 codes inside it, and
    `sources` name who said so with the build of their data.
    """

    country: str
    subdivisions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class UnlocatedReason(StrEnum):
    """Why an address has no location. All of them admit."""

    UNKNOWN = "unknown"
    DISPUTED = "disputed"
    STALE = "stale"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Unlocated:
    """No location, with the reason."""

    reason: UnlocatedReason


# -- what is ordered ------------------------------------------------------------------------------


class Mode(StrEnum):
    """Whether an order refuses, or only shows what it would refuse."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A known authority. `name` is language -> name; `competence` the territories it may order for."""

    id: str
    name: Mapping[str, str]
    kind: str
    competence: tuple[str, ...]
    official_url: str

    @property
    def country(self) -> str:
        """Return the ISO 3166-1 code of the country it orders for first."""
        return self.competence[0].partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """One provision an order rests on, as cited."""

    citation: str
    scheme: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redress:
    """How to contest: before the authority (`how`, `url`, `language`), and with the operator."""

    how: str
    url: str
    language: str
    operator_contact: str
    answer_within_days: int


class Fault(StrEnum):
    """Why a signature beside an order does not count, or what is missing: a stable identifier."""

    UNREADABLE = "unreadable"
    WRONG_NAMESPACE = "wrong_namespace"
    UNKNOWN_SIGNER = "unknown_signer"
    EDITED = "edited"
    NOT_VERIFIED = "not_verified"
    REVOKED = "revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SAME_KEY = "same_key"
    SAME_ROLE = "same_role"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class ApprovalFault:
    """One fault with a sentence for people; `file` is a signature's file name, None if it is about none."""

    fault: Fault
    message: str
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A verified signature under an order.

    `key` is the key's SHA-256 fingerprint, `signer` and `role` are as the list of signers names it, and the
    key is valid from the aware instant `since` until before `until`, None for no bound. A key listed under
    several names makes one of these for each.
    """

    file: str
    key: str
    signer: str
    role: str
    since: datetime | None = None
    until: datetime | None = None


type Period = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Whether those who have to approve an order did: see `joinfence.engine.approvals`.

    `periods` are when enough signatures count, each from an aware instant until before another, with None
    for no bound. `stopped_by` names who suspended the order by a signature, and `faults` are the signatures
    that count at no time.
    """

    required: int = 0
    periods: tuple[Period, ...] = ((None, None),)
    signatures: tuple[Signature, ...] = ()
    stopped_by: tuple[str, ...] = ()
    faults: tuple[ApprovalFault, ...] = ()

    def complete_at(self, at: datetime) -> bool:
        """Tell whether enough signatures count at an aware instant."""
        return any(
            (first is None or first <= at) and (last is None or at < last) for first, last in self.periods
        )


NOT_REQUIRED: Final = Approvals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A documented order, as far as deciding and explaining a refusal needs it.

    All instants are aware. `reasons` is language -> text. `meetings` are in canonical form. `published`
    is False only for an order that has to have its public page before it can be in force, and has none.
    `page_digest` stands for what the page says of it and no decision or refusal needs.
    """

    id: str
    version: int
    purpose: str
    mode: Mode
    authority: Authority
    instrument: str
    reference: str
    issued_on: date
    legal_basis: tuple[LegalBasis, ...]
    reasons: Mapping[str, str]
    territory: tuple[str, ...]
    meetings: tuple[Join, ...]
    effective_from: datetime
    expires_at: datetime
    review_by: datetime
    suspended_since: datetime | None
    redress: Redress
    approvals: Approvals = NOT_REQUIRED
    tally: bool = True
    published: bool = True
    page_digest: str = ""


class Standing(StrEnum):
    """Where an order stands at an instant."""

    IN_FORCE = "in_force"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    REVIEW_MISSED = "review_missed"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    UNAPPROVED = "unapproved"
    UNPUBLISHED = "unpublished"
