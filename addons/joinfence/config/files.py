"""Which files a configuration consists of, and how to tell that one has changed.

Paths are plain text here: there may be a hundred thousand of them, looked at several times a second.
"""

from __future__ import annotations

import glob
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.orders.published import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.config.settings import SettingsFile

type FileStamp = int | None
type Fingerprint = dict[str, FileStamp]


def file_stamp(path: str | Path) -> FileStamp:
    """Return a number that changes whenever the file behind a path does, by an edit, a rename or a link.

    None where there is no file.
    """
    try:
        stat = os.stat(path)  # noqa: PTH116 - no Path object for each look at each file
    except OSError:
        return None
    return hash((stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))


def beside(main: Path, text: str) -> Path:
    """Return the path that a text in the main file means: relative to that file's folder."""
    return main.parent / Path(text).expanduser()


def matching(main: Path, patterns: Iterable[str]) -> list[str]:
    """Return the files that the patterns name, sorted; a name without wildcards stays, even if missing."""
    lists = [_named(os.fspath(beside(main, pattern))) for pattern in patterns]
    return lists[0] if len(lists) == 1 else sorted({path for paths in lists for path in paths})


def _named(pattern: str) -> list[str]:
    """Return the files that one pattern names, sorted.

    A folder is listed again when it has changed: listing a hundred thousand names takes half a second.
    """
    if not glob.has_magic(pattern):
        return [pattern]
    folder = os.path.dirname(pattern)  # noqa: PTH120 - text, not Path
    state = None if glob.has_magic(folder) else _state_of(folder)
    known = _listed.get(pattern)
    if known is None or state is None or known[0] != state:
        # What is listed now may miss a file that comes within the same tick of the file system's clock.
        settled = state is not None and time.time_ns() - state[-1] > _SETTLED
        known = _listed[pattern] = (state if settled else None, sorted(glob.glob(pattern)))  # noqa: PTH207
    return known[1].copy()


def _state_of(folder: str) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(folder)  # noqa: PTH116 - text, not Path
    except OSError:
        return None
    return stat.st_dev, stat.st_ino, max(stat.st_mtime_ns, stat.st_ctime_ns)


_SETTLED: Final = 2_000_000_000
_listed: Final[dict[str, tuple[tuple[int, int, int] | None, list[str]]]] = {}


def published_index(main: Path, settings: SettingsFile) -> list[Path]:
    """Return the index of the public pages if orders have to be in it, else nothing."""
    folder = settings.site.folder
    return [beside(main, folder) / INDEX] if settings.public_before_effective and folder else []


def texts_of(main: Path, settings: SettingsFile) -> list[str]:
    """Return the main file and the texts it names, apart from the orders."""
    corrections = [settings.location.corrections] if settings.location.corrections else []
    proxies = settings.client_address.files
    signing = filter(None, (settings.approvals.signers, settings.approvals.revoked))
    return [
        os.fspath(main),
        *(os.fspath(beside(main, text)) for text in (settings.authorities, *corrections, *proxies, *signing)),
        *matching(main, settings.services),
        *_notices(main, settings),
    ]


def _notices(main: Path, settings: SettingsFile) -> list[str]:
    """Return the file about the look of the pages and all files beside it: its logo and its templates."""
    if settings.notices is None:
        return []
    path = beside(main, settings.notices)
    files = (os.fspath(each) for each in path.parent.glob("*") if each.is_file())
    return sorted({os.fspath(path), *files})


def files_of(main: Path, settings: SettingsFile) -> list[str]:
    """Return the main file and every file it names."""
    databases = (source.path for source in settings.location.sources if source.path)
    return [
        *texts_of(main, settings),
        *matching(main, settings.orders),
        *(os.fspath(beside(main, text)) for text in databases),
        *map(os.fspath, published_index(main, settings)),
    ]
