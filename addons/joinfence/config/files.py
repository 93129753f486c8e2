"""Which files a configuration consists of, and how to tell that one has changed."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.settings import MmdbSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.config.settings import SettingsFile

type Signature = tuple[int, ...] | None
type Fingerprint = dict[Path, Signature]


def signature(path: Path) -> Signature:
    """Return what changes whenever the file behind a path does, also by a link or a rename; None without one."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def beside(main: Path, text: str) -> Path:
    """Return the path that a text in the main file means: relative to that file's folder."""
    return main.parent / Path(text).expanduser()


def matching(main: Path, patterns: Iterable[str]) -> list[Path]:
    """Return the files that the patterns name, sorted; a name without wildcards stays, even if missing."""
    found: set[Path] = set()
    for pattern in patterns:
        path = os.fspath(beside(main, pattern))
        found.update(map(Path, glob.glob(path) if glob.has_magic(path) else [path]))
    return sorted(found)


def files_of(main: Path, settings: SettingsFile) -> list[Path]:
    """Return the main file and every file it names."""
    location = settings.location
    return [
        main,
        beside(main, settings.authorities),
        *matching(main, settings.services),
        *matching(main, settings.orders),
        *([beside(main, location.corrections)] if location.corrections else []),
        *(beside(main, source.path) for source in location.sources if isinstance(source, MmdbSource)),
    ]
