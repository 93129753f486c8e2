"""Which order files there are, and whether a folder of them is empty or lost.

A file that is gone ends its order: one person can stop an order. A folder that is gone as a whole, or of
which nothing is left but the point where it was mounted, ends nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from joinfence.config.files import beside, matching
from joinfence.config.yaml.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class OrderFiles(NamedTuple):
    """The order files there are, those of lost folders as last found, and a problem for each such folder."""

    there: list[str]
    lost: list[str]
    problems: list[Problem]


class OrderPaths:
    """Remembers where the order files were found."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self._found: dict[str, tuple[list[str], int | None]] = {}

    def find(self, main: Path, patterns: Iterable[str]) -> OrderFiles:
        """Return the order files that the patterns in the main file name."""
        there: set[str] = set()
        lost: set[str] = set()
        problems = []
        found_now: dict[str, tuple[list[str], int | None]] = {}
        for pattern in patterns:
            found, device = matching(main, [pattern]), _device(beside(main, pattern).parent)
            before, device_before = self._found.get(pattern, ([], None))
            if before and device != device_before and not any(map(os.path.lexists, found)):
                lost.update(before)
                folder = beside(main, pattern).parent
                message = f"the folder is lost; its {len(before)} orders stay as they were"
                problems.append(Problem(folder, 1, 1, message))
                found_now[pattern] = before, device_before
            else:
                there.update(found)
                found_now[pattern] = found, device
        self._found = found_now
        # Nothing is lost mostly, and one folder's files are sorted.
        one = next(iter(found_now.values()))[0] if len(found_now) == 1 and not lost else sorted(there)
        return OrderFiles(one, sorted(lost - there), problems)


def _device(folder: Path) -> int | None:
    """Return the file system a folder is on, None where it cannot be listed."""
    try:
        os.listdir(folder)  # noqa: PTH208 - only whether it can be
        return folder.stat().st_dev
    except OSError:
        return None
