"""Orders as they are held: one compact text each, and an order again once somebody asks for it.

A hundred thousand orders as objects take Python's garbage collector a second to walk through, in which nobody
is answered. As texts it does not see them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic import TypeAdapter

from joinfence.config.orders.published import with_publication
from joinfence.engine.approvals import NO_APPROVAL_REQUIRED
from joinfence.engine.order import LegalBasis, Mode, Order, Redress
from joinfence.engine.order_index import meeting_key
from joinfence.engine.values import Join

if TYPE_CHECKING:
    from joinfence.config.files import FileStamp
    from joinfence.engine.approvals import Approvals
    from joinfence.engine.order import Authority

_MOST_DECODED: Final = 1024
_PLAIN: Final = TypeAdapter(dict[str, Any])


class Stored(NamedTuple):
    """One order as it is held. `stamp` is its file's signature and `digest` its content's SHA-256.

    `document` is the path of the local copy that it names, or empty; the stamp is of both files. `settled`
    says that any later edit changes the stamp: the file was not new when it was read.
    """

    stamp: FileStamp
    settled: bool
    document: str
    digest: bytes
    id: str
    meetings: tuple[str, ...]
    record: bytes


def stored(order: Order, *, stamp: FileStamp, settled: bool, document: str, digest: bytes) -> Stored:
    """Return an order as it is held; its approvals are not part of it."""
    plain = {
        "version": order.version,
        "purpose": order.purpose,
        "mode": order.mode.value,
        "authority": order.authority.id,
        "instrument": order.instrument,
        "reference": order.reference,
        "issued_on": order.issued_on.isoformat(),
        "legal_basis": [[basis.citation, basis.scheme, basis.value] for basis in order.legal_basis],
        "reasons": dict(order.reasons),
        "territory": order.territory,
        "tally": order.tally,
        "page_digest": order.page_digest,
        "dates": [_text(each) for each in _dates(order)],
        "redress": [
            order.redress.how,
            order.redress.url,
            order.redress.language,
            order.redress.operator_contact,
            order.redress.answer_within_days,
        ],
    }
    record = _PLAIN.dump_json(plain)
    return Stored(stamp, settled, document, digest, order.id, tuple(map(meeting_key, order.meetings)), record)


def _dates(order: Order) -> tuple[datetime | None, ...]:
    return order.effective_from, order.expires_at, order.review_by, order.suspended_since


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def order_of(
    entry: Stored, register: Mapping[str, Authority], approvals: Approvals = NO_APPROVAL_REQUIRED
) -> Order:
    """Return the order that is held, with its approvals."""
    plain: dict[str, Any] = json.loads(entry.record)
    effective_from, expires_at, review_by, suspended_since = plain["dates"]
    how, url, language, contact, days = plain["redress"]
    return Order(
        id=entry.id,
        version=plain["version"],
        purpose=plain["purpose"],
        mode=Mode(plain["mode"]),
        authority=register[plain["authority"]],
        instrument=plain["instrument"],
        reference=plain["reference"],
        issued_on=date.fromisoformat(plain["issued_on"]),
        legal_basis=tuple(
            LegalBasis(citation=citation, scheme=scheme, value=value)
            for citation, scheme, value in plain["legal_basis"]
        ),
        reasons=plain["reasons"],
        territory=tuple(plain["territory"]),
        tally=plain["tally"],
        page_digest=plain["page_digest"],
        meetings=tuple(_join(key) for key in entry.meetings),
        effective_from=datetime.fromisoformat(effective_from),
        expires_at=datetime.fromisoformat(expires_at),
        review_by=datetime.fromisoformat(review_by),
        suspended_since=datetime.fromisoformat(suspended_since) if suspended_since else None,
        redress=Redress(
            how=how, url=url, language=language, operator_contact=contact, answer_within_days=days
        ),
        approvals=approvals,
    )


def _join(key: str) -> Join:
    return Join(*key.split("/", 1))


class StoredOrders(Mapping[str, Order]):
    """Orders by id, each made from its text when it is asked for; those asked for most recently are kept."""

    def __init__(
        self,
        entries: Mapping[str, Stored],
        register: Mapping[str, Authority],
        approvals: Mapping[str, Approvals],
        otherwise: Approvals = NO_APPROVAL_REQUIRED,
        public: frozenset[str] | None = None,
    ) -> None:
        """Take id -> order as held, the register, id -> approvals, and the approvals of all other orders.

        `public` holds the digests of what the public can read, None where orders need not be public.
        """
        self._entries = entries
        self._register = register
        self._approvals = approvals
        self._otherwise = otherwise
        self._public = public
        self._made: dict[str, Order] = {}

    def __getitem__(self, order_id: str) -> Order:
        """Return the order. Raises KeyError."""
        made = self._made.get(order_id)
        if made is None:
            approvals = self._approvals.get(order_id, self._otherwise)
            made = order_of(self._entries[order_id], self._register, approvals)
            made = with_publication(made, self._public)
            if len(self._made) >= _MOST_DECODED:
                self._made = {}
            self._made[order_id] = made
        return made

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of orders."""
        return len(self._entries)
