"""Finds the order files, and distinguishes an empty folder from a lost one.

Deleting a file ends its order: anybody must be able to stop an order. But a folder that vanished or was
unmounted ends no order.
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
    """The files that exist, the files last found in lost folders, and a problem for each lost folder."""

    existing: list[str]
    lost: list[str]
    problems: list[Problem]


class OrderPaths:
    """Finds order files, and remembers them in case their folder is lost."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self._found: dict[str, tuple[list[str], int | None]] = {}

    def find(self, main: Path, patterns: Iterable[str]) -> OrderFiles:
        """Return the order files that match the patterns in the main file."""
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
                message = f"the folder is missing or unmounted; its {len(before)} orders stay as they were"
                problems.append(Problem(folder, 1, 1, message))
                found_now[pattern] = before, device_before
            else:
                there.update(found)
                found_now[pattern] = found, device
        self._found = found_now
        # In the usual case of one pattern and no lost folder, the files are already sorted.
        existing = next(iter(found_now.values()))[0] if len(found_now) == 1 and not lost else sorted(there)
        return OrderFiles(existing, sorted(lost - there), problems)


def _device(folder: Path) -> int | None:
    """Return the device number of a folder's file system; None if the folder cannot be listed."""
    try:
        os.listdir(folder)  # noqa: PTH208 - raises OSError if it cannot be listed
        return folder.stat().st_dev
    except OSError:
        return None
