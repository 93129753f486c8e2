"""The open location databases. If a file is replaced by an unusable one, the previous database stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.location.source import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.location.mmdb import Mmdb

type DatabaseKey = tuple[Path, int | None]


class Databases:
    """Opens each database once, and again whenever its file has changed."""

    def __init__(self) -> None:
        """Start with nothing open."""
        self._open: dict[DatabaseKey, tuple[object, Mmdb]] = {}

    def open(self, path: Path, max_age_days: int | None, stamp: object) -> tuple[Mmdb, str | None]:
        """Return the database. If its file has become unusable, return the previous one and what is wrong.

        `stamp` changes whenever the file does. Raises SourceError if the file is unusable and was never open.
        """
        # Imported here because it takes long, and not every fence has a database.
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
            return known[1], f"{error}; still using {known[1].name}"
        self._open[key] = (stamp, database)
        return database, None
