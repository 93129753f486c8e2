"""No text of an order that the public reads may name a meeting of the order.

A refusal and the public pages say who ordered what and why, but never which meeting is refused. The reader of
orders and `joinfence site build` both apply this rule. It does not apply to values that authors of orders
cannot word freely (the order's id, words from a fixed list, codes, dates and digests), nor to what is not
published (the name of the document's local copy and the notice to the host).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from joinfence.config.orders.schema import OrderFile
    from joinfence.config.yaml.document import Loc

MESSAGE: Final = "names the meeting in a text that the public reads; rephrase it without the id"

_SHORTEST_IN_LABEL: Final = 6
"""Shortest id whose appearance in a label, such as a docket number or a link, counts as naming the meeting.

Labels are full of numbers, and the docket number 17 O 123/26 does not name the meeting 123. In prose, every
id counts.
"""

_SEPARATORS: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"\d+")


class PublicText(NamedTuple):
    """A text of an order, with its place and the length of the shortest id that counts in it."""

    loc: Loc
    text: str
    shortest: int


def naming_a_meeting(file: OrderFile, canonical: Iterable[str]) -> Iterator[Loc]:
    """Yield the place of each public text that names a meeting of the order.

    `canonical` holds the ids as the services know them. The ids as the order writes them count as well:
    987 6543 2101 and 98765432101 are one meeting.
    """
    ids = {*canonical, *(meeting.id for meeting in file.meetings)} - {""}
    texts = [*_prose(file), *_labels(file)]
    found = _candidates(ids, [each.text for each in texts])
    for loc, text, shortest in texts if found else ():
        if any(len(each) >= shortest and names(text, each) for each in found):
            yield loc


def names(text: str, word: str) -> bool:
    """Return whether a text contains an id as a word, ignoring case and separators between digits."""
    digits = _only_digits(word)
    apart = r"[\W_]*".join(digits) if digits.isdecimal() else re.escape(word)
    return re.search(rf"(?<![^\W_]){apart}(?![^\W_])", text, re.IGNORECASE) is not None


def _prose(file: OrderFile) -> Iterator[PublicText]:
    for language, text in file.reasons.items():
        yield PublicText(("reasons", language), text, 1)
    necessity = file.necessity
    yield PublicText(("necessity", "least_restrictive"), necessity.least_restrictive, 1)
    for index, text in enumerate(necessity.alternatives):
        yield PublicText(("necessity", "alternatives", index), text, 1)
    if file.narrowed_from is not None:
        yield PublicText(("narrowed_from",), file.narrowed_from, 1)
    yield PublicText(("redress", "affected", "how"), file.redress.affected.how, 1)
    if file.suspended is not None:
        yield PublicText(("suspended", "reason"), file.suspended.reason, 1)


def _labels(file: OrderFile) -> Iterator[PublicText]:
    issuer, redress = file.authority, file.redress
    labels: list[tuple[Loc, str | None]] = [
        (("authority", "id"), issuer.id),
        (("authority", "reference"), issuer.reference),
        (("authority", "ecli"), issuer.ecli),
        (("document", "url"), file.document.url),
        (("redress", "affected", "url"), redress.affected.url),
        (("redress", "operator", "contact"), redress.operator.contact),
    ]
    for index, basis in enumerate(file.legal_basis):
        labels.append((("legal_basis", index, "citation"), basis.citation))
        labels.append((("legal_basis", index, "value"), basis.value))
    for loc, text in labels:
        if text is not None:
            yield PublicText(loc, text, _SHORTEST_IN_LABEL)


def _candidates(ids: Collection[str], texts: Iterable[str]) -> list[str]:
    """Return the ids that the texts may name, found by a plain search.

    Calling `names` for each of a million ids would take minutes.
    """
    plainly = "\n".join(texts).casefold()
    numbers = {each: digits for each in ids if (digits := _only_digits(each)).isdecimal()}
    digits_of_texts = "".join(_DIGITS.findall(plainly)) if numbers else ""
    return [
        each
        for each in ids
        if each.casefold() in plainly or (each in numbers and numbers[each] in digits_of_texts)
    ]


def _only_digits(word: str) -> str:
    """Return an id without separators if it consists only of digits and separators, else unchanged."""
    if word[:1].isalpha():  # the most common case
        return word
    stripped = word if word.isdecimal() else _SEPARATORS.sub("", word)
    return stripped if stripped.isdecimal() else word
