"""Transparency reports: copied into the site from the folder they are made in, and linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.site.links import REPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def report_files(folder: Path) -> dict[str, bytes]:
    """Return path from the top of the site -> content of every report in a folder. Raises ConfigError.

    A link to a file outside of the folder is an error, because that file may not be meant to be published.
    """
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    top = folder.resolve()
    if outside := [path for path in found if not path.resolve().is_relative_to(top)]:
        what = "is a link to a file outside of the reports folder; put the file itself there"
        raise ConfigError([Problem(path, 1, 1, what) for path in outside])
    try:
        return {REPORTS + path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    except OSError as error:
        raise ConfigError(
            [Problem(folder, 1, 1, f"a report cannot be read: {error.strerror}; check its permissions")]
        ) from None


def report_links(files: Mapping[str, bytes], out: Path) -> tuple[tuple[str, str], ...]:
    """Return path and name of all reports: those just read, and those that are already in the site."""
    there = (path.relative_to(out).as_posix() for path in (out / REPORTS).rglob("*") if path.is_file())
    return tuple((path, path.removeprefix(REPORTS)) for path in sorted({*files, *there}))
