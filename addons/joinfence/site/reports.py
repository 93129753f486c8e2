"""Transparency reports: copied into the site from where they are made, and linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.config.problems import ConfigError, Problem
from joinfence.site.links import REPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def report_files(folder: Path) -> dict[str, bytes]:
    """Return path from the top of the site -> content of every report in a folder. Raises ConfigError."""
    try:
        return {
            REPORTS + path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
    except OSError as error:
        raise ConfigError(
            [Problem(folder, 1, 1, f"a report cannot be read: {error.strerror}; check its permissions")]
        ) from None


def report_links(files: Mapping[str, bytes], out: Path) -> tuple[tuple[str, str], ...]:
    """Return path and name of all reports: those just read, and those that lie in the site already."""
    there = (path.relative_to(out).as_posix() for path in (out / REPORTS).rglob("*") if path.is_file())
    return tuple((path, path.removeprefix(REPORTS)) for path in sorted({*files, *there}))
