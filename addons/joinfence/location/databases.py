"""The location databases in use; one that is replaced by a bad file stays in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.location.source import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.location.mmdb import Mmdb

type Key = tuple[Path, int | None]


class Databases:
    """Opens each database once, and again when its file has changed."""

    def __init__(self) -> None:
        """Start with nothing open."""
        self._open: dict[Key, tuple[object, Mmdb]] = {}

    def open(self, path: Path, max_age_days: int | None, stamp: object) -> tuple[Mmdb, str | None]:
        """Return a reader, and what is wrong if it is the previous one because the file is unusable now.

        `stamp` changes whenever the file does. Raises SourceError if there is no previous reader.
        """
        # Its libraries are slow to import, and many configurations name no database.
        from joinfence.location.mmdb import Mmdb  # noqa: PLC0415

        key = (path, max_age_days)
        known = self._open.get(key)
        if known and known[0] == stamp:
            return known[1], None
        try:
            database = Mmdb(path, max_age_days)
        except SourceError as error:
            if known is None:
                raise
            return known[1], f"{error}; {known[1].name} stays in use"
        self._open[key] = (stamp, database)
        return database, None
