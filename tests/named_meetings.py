"""Texts of an order that name a meeting of it, or do not: one table for the reader of orders and for the site.

The shipped German order covers `townhall` of the service demo and `987 6543 2101` of the service zoom.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

PROSE: Final = "The order covers %s, which rebroadcasts a concert without the permission of its holder."
SHORT: Final = ("meetings", [{"service": "demo", "id": "123"}])
AIM: Final = ("meetings", [{"service": "demo", "id": "others"}])
MODE: Final = ("meetings", [{"service": "demo", "id": "copyright"}])

type Changes = tuple[tuple[str, Any], ...]


def _named(place: str, text: str, because: str, *more: tuple[str, Any]) -> Any:
    return pytest.param((*more, (place, text)), [place], id=f"{place}: {because}")


def _fine(place: str, text: str, because: str, *more: tuple[str, Any]) -> Any:
    return pytest.param((*more, (place, text)), [], id=f"{place}: {because}")


CASES: Final = [
    pytest.param((), [], id="the shipped order"),
    # Prose, where every id counts.
    _named("reasons.en", PROSE % "townhall", "as it is"),
    _named("reasons.en", PROSE % "TownHall", "in another case"),
    _named("reasons.en", PROSE % "_townhall_", "emphasised"),
    _named("reasons.de", PROSE % "townhall", "in another language"),
    _named("reasons.en", PROSE % "987 6543 2101", "as the order writes it"),
    _named("reasons.en", PROSE % "98765432101", "as the service knows it"),
    _named("reasons.en", PROSE % "987-6543-2101", "with other separators"),
    _named("reasons.en", PROSE % "987\u00a06543\u00a02101", "with other spaces"),
    _named("reasons.en", PROSE % "9876.5432.101", "in other groups"),
    _named("reasons.en", PROSE % "_98765432101_", "digits emphasised"),
    _named("reasons.en", PROSE % "123", "a short id", SHORT),
    _named("necessity.least_restrictive", "Ending townhall would go too far.", "prose"),
    _named("necessity.least_restrictive", "Ending 123 would go too far.", "a short id", SHORT),
    _named("necessity.alternatives[0]", "A word to the host of Townhall.", "prose"),
    _named("narrowed_from", "Everybody in 987 6543 2101.", "prose"),
    _named("redress.affected.how", "Write that you want to join townhall.", "prose"),
    _fine("reasons.en", PROSE % "townhalls", "a longer word"),
    _fine("reasons.en", PROSE % "1-987-6543-21012", "a longer number"),
    _fine("reasons.en", PROSE % "9876 and 543, of 2101", "digits among words"),
    _fine("necessity.least_restrictive", "Ending 1234 would go too far.", "part of a number", SHORT),
    # Labels, in which a short id is like a number by chance.
    _named("authority.reference", "17 O 98765432101", "a docket number"),
    _named("authority.ecli", "ECLI:DE:BGH:2026:TOWNHALL", "an identifier"),
    _named("document.url", "https://a.example/98765432101.pdf", "a link"),
    _named("document.url", "https://a.example/order_98765432101.pdf", "beside an underscore"),
    _named("legal_basis[0].citation", "§ 1 on townhall", "a citation"),
    _named("legal_basis[0].value", "https://a.example/law/townhall", "a provision's identifier"),
    _named("redress.affected.url", "https://a.example/?meeting=98765432101", "a link to redress"),
    _named("redress.operator.contact", "townhall@meet.example", "a mailbox"),
    _fine("authority.reference", "17 O 123/26", "a short id", SHORT),
    _fine("document.url", "https://a.example/townhalls.pdf", "a longer word"),
    # What the author of an order does not word himself, and what the public does not read.
    _fine("necessity.aim", "rights_of_others", "a word from a closed list", AIM),
    _fine("purpose", "copyright", "a word from a closed list", MODE),
    pytest.param(
        (("host_notice", {"state": "not_possible", "reason": "The host of townhall is gone."}),),
        [],
        id="host_notice.reason: stays with the operator",
    ),
]
