"""What is wrong with a configuration, in words for the person who edits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem. `line` and `column` count from 1, as in editors."""

    path: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Return `file:line:column: message` on a single line, whatever characters the file name contains."""
        path = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(self.path))
        return f"{path}:{self.line}:{self.column}: {self.message}"


class ConfigError(Exception):
    """A configuration that cannot be used. `problems` holds every problem found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take the problems in any order."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Collector:
    """Collects the problems of several readers, so that all are reported together."""

    def __init__(self) -> None:
        """Start without problems."""
        self.problems: list[Problem] = []

    def run[T](self, read: Callable[[], T]) -> T | None:
        """Return what `read` returns, or None if it raised ConfigError, whose problems are collected."""
        try:
            return read()
        except ConfigError as error:
            self.problems += error.problems
            return None


def quote(value: object) -> str:
    """Return a value found in a file as a short, printable part of a message."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else str(value)
    text = " ".join(text.split())
    short = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    match value:
        case str():
            return f'"{short}"'
        case None:
            return "nothing"
        case bool():
            return short.lower()
        case dict():
            return "a mapping"
        case list():
            return f"a list of {len(value)}"
        case _:
            return short


def dotted(loc: Iterable[str | int]) -> str:
    """Return a place in a document as people write it: `territory[0]`, `authority.id`."""
    text = ""
    for step in loc:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
