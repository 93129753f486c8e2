"""An order as a Markdown file, as in public takedown repositories, which have one file per order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.config.orders.schema import OrderFile
    from joinfence.config.settings import OperatorEntry
    from joinfence.engine.order import Authority

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_AT_START: Final = re.compile(r"^(\d+)([.)])|^([-+=])")


def to_markdown(order: OrderFile, authority: Authority, operator: OperatorEntry) -> str:
    """Return the text of the file (CommonMark). It does not name any meeting."""
    contact, days = order.redress.operator.contact, order.redress.operator.answer_within_days
    lines = [
        f"# {order.id}, version {order.version}",
        "",
        *_facts(order, authority),
        *(part for language, text in order.reasons.items() for part in _reasons(language, text)),
        "",
        "## How to contest",
        "",
        f"- Before the authority: {plain(order.redress.affected.how)} <{order.redress.affected.url}>",
        f"- With {plain(operator.name)}: <mailto:{contact}>, answered within {days} days",
    ]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return text on one line, escaped so that Markdown shows it unchanged."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _AT_START.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", escaped)


def _facts(order: OrderFile, authority: Authority) -> Iterator[str]:
    issuer = order.authority
    for name, value in (
        ("Authority", f"{' / '.join(map(plain, authority.name.values()))} <{authority.official_url}>"),
        ("Instrument", issuer.instrument),
        ("File number", issuer.reference),
        ("Issued on", issuer.issued_on),
        ("Received at", order.received_at.isoformat()),
        ("Purpose", order.purpose),
        ("Document", f"<{order.document.url}>, SHA-256 `{order.document.sha256}`"),
        ("Territory", ", ".join(order.territory)),
        ("Narrowed from", order.narrowed_from),
        ("Meetings", f"{len(order.meetings)}, which are not published"),
        ("In force from", order.effective_from.isoformat()),
        ("Review by", order.review_by.isoformat()),
        ("Ends", order.expires_at.isoformat()),
        ("Suspended since", order.suspended.since.isoformat() if order.suspended else None),
        ("Host told", order.host_notice.at.isoformat() if order.host_notice.at else order.host_notice.state),
    ):
        if value is not None:
            ready = name in {"Authority", "Document"}
            yield f"- {name}: {value if ready else plain(str(value))}"
    for basis in order.legal_basis:
        link = f" <{basis.value}>" if re.fullmatch(r"https?://[!-;=?-~]+", basis.value) else ""
        yield f"- Law: {plain(basis.citation)}{link or f' ({plain(basis.value)})'}"


def _reasons(language: str, text: str) -> tuple[str, ...]:
    return ("", f"## Reasons ({language})", "", f"> {plain(text)}")
