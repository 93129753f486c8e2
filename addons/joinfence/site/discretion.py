"""No page may name a meeting: what would is found before anything is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.config.document import Document, Loc
    from joinfence.config.order_file import OrderFile
    from joinfence.config.problems import Problem
    from joinfence.engine.values import Order

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
    for meeting in sorted({*(m.id for m in file.meetings), *(join.meeting for join in order.meetings)}):
        alone = re.compile(rf"(?<!\w){re.escape(meeting)}(?!\w)", re.IGNORECASE)
        for loc, text in _texts(shown):
            if (len(meeting) >= _TOLD_APART or _is_prose(loc)) and alone.search(text):
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
