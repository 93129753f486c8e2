"""The texts that a refusal must contain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.refusal.context import RefusalContext
    from joinfence.text.words import Words


def missing_parts(refusal: RefusalContext, words: Words, text: str) -> Iterator[tuple[str, str]]:
    """Yield each required part that a text in one language lacks, with the first piece of it that is missing.

    Both are in words, such as "period" and "the end". White space does not count: pages wrap their lines.
    """
    flat = _flat(text)
    for part, pieces in _required(refusal, words).items():
        for name, piece in pieces.items():
            if _flat(piece) not in flat:
                yield part, name
                break


def _required(refusal: RefusalContext, words: Words) -> dict[str, dict[str, str]]:
    """Return the required texts: part -> name of a piece -> its text."""
    order = refusal.order
    return {
        "authority": {
            "its name": words.authority(order).text,
            "the file number": order.reference,
        },
        "other orders": {
            f"{name} of each": piece
            for other in refusal.others
            for name, piece in (
                ("the name", words.authority(other).text),
                ("the file number", other.reference),
            )
        },
        "law": {
            f"the citation{' of each' if index else ''}": basis.citation
            for index, basis in enumerate(order.legal_basis)
        },
        "reasons": {"the text": words.reason(order).text},
        "period": {
            "the beginning": words.instant(order.effective_from),
            "the end": words.instant(order.expires_at),
            "the date of the review": words.instant(order.review_by),
        },
        "redress": {
            "how to contest before the authority": order.redress.how,
            "where that is explained": order.redress.url,
            "the operator's mailbox": order.redress.operator_contact,
        },
    }


def _flat(text: str) -> str:
    """Return text without white space and without the marks that isolate the direction of a name."""
    return re.sub(r"[\s\u2068\u2069]+", "", text)
