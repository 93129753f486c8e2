"""The walk through a forwarding header, as data and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from joinfence.cli.shared import printable
from joinfence.engine.client.walk import MAX_SHOWN, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from joinfence.engine.client.walk import WalkStep

_LONGEST: Final = 100
_MARKS: Final = {
    Mark.TRUSTED: ("trusted", "green"),
    Mark.COUNTED: ("counted", "green"),
    Mark.CLIENT: ("client", "bold"),
    Mark.STOP: ("stop", "bold red"),
    Mark.CLAIM: ("claim", "yellow"),
    Mark.UNREAD: ("unread", "dim"),
    Mark.IGNORED: ("ignored", "dim"),
}


def walk_document(steps: Sequence[WalkStep]) -> list[dict[str, Any]]:
    """Return the entries, nearest first, as JSON-ready mappings. Their text is shortened and printable."""
    return [{"entry": _entry(step), "mark": step.mark.value} for step in steps]


def walk_sentences(steps: Sequence[WalkStep]) -> list[tuple[str, Text]]:
    """Return (heading, text) pairs for a person to read, the nearest entry first."""
    lines = []
    for number, step in enumerate(steps, 1):
        word, style = _MARKS[step.mark]
        lines.append((f"Entry {number}", Text.assemble((f"{word:<8}", style), _entry(step))))
    if len(steps) == MAX_SHOWN:
        lines.append(("", Text("entries further to the left are not read", style="dim")))
    return lines


def _entry(step: WalkStep) -> str:
    if step.entry is None:
        return "(too long)"
    text = printable(step.entry.decode("latin-1"))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
