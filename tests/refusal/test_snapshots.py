"""The refusals of the three example orders in every language, as page, text and JSON, word for word.

A change of wording or markup shows up here as the difference that a reader would see. Review it, then write
the files again: `PYTHONPATH=. .venv/bin/python tests/refusal/test_snapshots.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from joinfence.loading.loader import Loader
from joinfence.refusal import pages, problem
from joinfence.refusal.context import RefusalContext
from joinfence.text.catalogues import languages
from joinfence.text.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.order import Order

SNAPSHOTS: Final = Path(__file__).parent / "snapshots"
CONFIG: Final = Path(__file__).parents[2] / "configs" / "geofence.yaml"
FORMS: Final = {"html": pages.html, "txt": pages.plain_text, "json": problem.document}
EXAMPLES: Final = ("DE-2026-0001", "NL-2026-0003", "PT-2026-0002")


@cache
def _examples() -> dict[str, RefusalContext]:
    loaded = Loader(CONFIG).load(datetime(2026, 11, 25, tzinfo=UTC))
    settings = loaded.settings.operator
    operator = Operator(name=settings.name, url=settings.url, contact=settings.contact)
    return {order.id: _refused(order, operator) for order in loaded.policy.orders}


def _refused(order: Order, operator: Operator) -> RefusalContext:
    country = order.territory[0]
    return RefusalContext(
        order=order,
        others=(),
        country=country,
        subdivisions=(),
        sources=("registry 2026-10-30", "GeoLite2-Country 2026-11-20"),
        operator=operator,
    )


def _rendered(example: str, form: str, language: str) -> str:
    about = _examples()[example]
    text = FORMS[form](about, about.operator, language)
    return re.sub(r"<style>.*?</style>", "<style></style>", text, flags=re.DOTALL)


def test_every_shipped_order_is_an_example() -> None:
    assert sorted(_examples()) == sorted(EXAMPLES)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_refusal_is_as_reviewed(example: str, language: str) -> None:
    for form in FORMS:
        reviewed = (SNAPSHOTS / language / f"{example}.{form}").read_text("utf-8")
        assert _rendered(example, form, language) == reviewed, form


def test_there_are_no_other_snapshots() -> None:
    expected = {path for path, _text in _all()}
    assert {path for path in SNAPSHOTS.rglob("*") if path.is_file()} == expected


def _all() -> Iterator[tuple[Path, str]]:
    for language in languages():
        for example in EXAMPLES:
            for form in FORMS:
                yield SNAPSHOTS / language / f"{example}.{form}", _rendered(example, form, language)


if __name__ == "__main__":
    for path, text in _all():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
