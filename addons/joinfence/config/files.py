"""Which files a configuration consists of, and how to detect that one has changed.

Paths are plain text here, not Path objects: there may be a hundred thousand, checked several times a second.
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
    """Return a number that changes when the file at a path is edited or replaced, or None if there is none.

    Links are followed, so pointing a link at another file changes the number as well.
    """
    try:
        stat = os.stat(path)  # noqa: PTH116 - text, not Path
    except OSError:
        return None
    return hash((stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))


def beside(main: Path, text: str) -> Path:
    """Return the path that the main file names: relative to the main file's folder, `~` expanded."""
    return main.parent / Path(text).expanduser()


def matching(main: Path, patterns: Iterable[str]) -> list[str]:
    """Return the files that match the patterns, sorted. A name without wildcards is kept, even if missing."""
    lists = [_expanded(os.fspath(beside(main, pattern))) for pattern in patterns]
    return lists[0] if len(lists) == 1 else sorted({path for paths in lists for path in paths})


def _expanded(pattern: str) -> list[str]:
    """Return the files that match one pattern, sorted.

    Listing a hundred thousand names takes half a second, so a listing is reused until its folder changes.
    """
    if not glob.has_magic(pattern):
        return [pattern]
    folder = os.path.dirname(pattern)  # noqa: PTH120 - text, not Path
    stamp = None if glob.has_magic(folder) else _folder_stamp(folder)
    cached = _listings.get(pattern)
    if cached is None or stamp is None or cached[0] != stamp:
        # A file added within the same tick of the file system's clock would not change the stamp, so a
        # listing is reused only if the folder's last change was some time ago.
        settled = stamp is not None and time.time_ns() - stamp[-1] > _SETTLED_NS
        cached = _listings[pattern] = (stamp if settled else None, sorted(glob.glob(pattern)))  # noqa: PTH207
    return cached[1].copy()


def _folder_stamp(folder: str) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(folder)  # noqa: PTH116 - text, not Path
    except OSError:
        return None
    return stat.st_dev, stat.st_ino, max(stat.st_mtime_ns, stat.st_ctime_ns)


_SETTLED_NS: Final = 2_000_000_000
_listings: Final[dict[str, tuple[tuple[int, int, int] | None, list[str]]]] = {}
"""Pattern -> the stamp of its folder, None if the listing may not be reused, and the files listed."""


def published_index(main: Path, settings: SettingsFile) -> list[Path]:
    """Return the index of the public pages if orders must be published to be in force, else nothing."""
    folder = settings.site.folder
    return [beside(main, folder) / INDEX] if settings.public_before_effective and folder else []


def texts_of(main: Path, settings: SettingsFile) -> list[str]:
    """Return the main file and the text files it names, except for the orders."""
    corrections = [settings.location.corrections] if settings.location.corrections else []
    proxies = settings.client_address.files
    signing = filter(None, (settings.approvals.signers, settings.approvals.revoked))
    return [
        os.fspath(main),
        *(os.fspath(beside(main, text)) for text in (settings.authorities, *corrections, *proxies, *signing)),
        *matching(main, settings.services),
        *_branding_files(main, settings),
    ]


def _branding_files(main: Path, settings: SettingsFile) -> list[str]:
    """Return the branding file and every file in its folder, among them the logo and the templates."""
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
