"""No page may name a meeting: what would is found before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from joinfence.config.orders.rules import names, suspects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.config.orders.schema import OrderFile
    from joinfence.config.yaml.document import Document, Loc
    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.order import Order

_PROSE: Final = {
    ("reasons",),
    ("necessity",),
    ("narrowed_from",),
    ("redress", "affected", "how"),
    ("suspended", "reason"),
}
_TOLD_APART: Final = 6
"""Characters from which an id is no chance likeness: a docket number may well be "1234" too."""


def breaches(file: OrderFile, order: Order, document: Document) -> Iterator[Problem]:
    """Yield a problem for each text of an order that the public pages show and that names its meeting."""
    shown = file.model_dump(exclude={"meetings", "host_notice", "id", "schema_"})
    shown.get("document", {}).pop("file", None)
    texts = list(_texts(shown))
    meetings = {*(m.id for m in file.meetings), *(join.meeting for join in order.meetings)}
    found = suspects(meetings, (text for _loc, text in texts))
    for loc, text in texts if found else ():
        shortest = 1 if _is_prose(loc) else _TOLD_APART
        if any(len(meeting) >= shortest and names(text, meeting) for meeting in found):
            message = "names the meeting, and is shown on the public pages; say it without the id"
            yield document.problem(loc, message)


def _is_prose(loc: Loc) -> bool:
    return any(loc[: len(start)] == start for start in _PROSE)


def _texts(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:  # noqa: ANN401 - plain data
    match value:
        case str():
            yield loc, value
        case dict():
            for key, each in value.items():
                yield from _texts(each, (*loc, key))
        case list():
            for index, each in enumerate(value):
                yield from _texts(each, (*loc, index))
