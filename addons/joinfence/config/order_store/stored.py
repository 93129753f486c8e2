"""Orders as they are stored in memory: encoded as one compact text each, and decoded on demand.

If 100,000 orders were objects, Python's garbage collector would take a second to traverse them, and no
request would be answered meanwhile. It does not traverse texts.
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

_MAX_DECODED: Final = 1024
_PLAIN: Final = TypeAdapter(dict[str, Any])


class StoredOrder(NamedTuple):
    """One encoded order. `digest` is the SHA-256 of its file.

    `document` is the path of the local copy of the document, or empty. `stamp` is the file stamp, combined
    with that of the document. If `settled`, the stamp is reliable: any later edit changes it.
    """

    stamp: FileStamp
    settled: bool
    document: str
    digest: bytes
    id: str
    meetings: tuple[str, ...]
    record: bytes


def encode_order(
    order: Order, *, stamp: FileStamp, settled: bool, document: str, digest: bytes
) -> StoredOrder:
    """Return an order encoded, without its approvals."""
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
    return StoredOrder(
        stamp, settled, document, digest, order.id, tuple(map(meeting_key, order.meetings)), record
    )


def _dates(order: Order) -> tuple[datetime | None, ...]:
    return order.effective_from, order.expires_at, order.review_by, order.suspended_since


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def decode_order(
    entry: StoredOrder, register: Mapping[str, Authority], approvals: Approvals = NO_APPROVAL_REQUIRED
) -> Order:
    """Return the decoded order, with its approvals."""
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
    """Id -> order. Each order is decoded on demand, and recently decoded orders are cached."""

    def __init__(
        self,
        entries: Mapping[str, StoredOrder],
        register: Mapping[str, Authority],
        approvals: Mapping[str, Approvals],
        default_approvals: Approvals = NO_APPROVAL_REQUIRED,
        public: frozenset[str] | None = None,
    ) -> None:
        """Take id -> stored order and the register.

        `approvals` is id -> approvals, and `default_approvals` are those of all other orders. `public` holds
        the digests of the published orders; it is None if orders need not be published.
        """
        self._entries = entries
        self._register = register
        self._approvals = approvals
        self._default_approvals = default_approvals
        self._public = public
        self._decoded: dict[str, Order] = {}

    def __getitem__(self, order_id: str) -> Order:
        """Return the order. Raises KeyError."""
        order = self._decoded.get(order_id)
        if order is None:
            approvals = self._approvals.get(order_id, self._default_approvals)
            order = decode_order(self._entries[order_id], self._register, approvals)
            order = with_publication(order, self._public)
            if len(self._decoded) >= _MAX_DECODED:
                self._decoded = {}
            self._decoded[order_id] = order
        return order

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of orders."""
        return len(self._entries)
