"""Location databases in the MaxMind DB format, read from a private copy.

The readers map the file into memory. If the operator's own file were mapped, truncating it in place, as
some download scripts do, would end the process with SIGBUS on the next lookup. So the file is copied to a
temporary folder, the copy is mapped, and its name is removed at once: the mapping keeps it alive until the
reader is gone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geoip2.database
import maxminddb
from geoip2.errors import AddressNotFoundError

from joinfence.location.source import Place, SourceError, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from joinfence.engine.values import Address

type Lookup = Callable[[Address], Place | None]

_SAMPLE: Final = 2000


class Mmdb:
    """One database, open and checked."""

    def __init__(self, path: Path, max_age_days: int | None = None) -> None:
        """Open a private copy of the file. Raises SourceError if it is not a usable location database."""
        with _private_copy(path) as copy:
            try:
                self._open(copy, path)
            except (maxminddb.InvalidDatabaseError, ValueError, OSError, KeyError, TypeError) as error:
                reason = str(error).replace(os.fspath(copy), path.name)
                message = (
                    f"{path} is not a usable location database ({reason}); the download may be incomplete"
                )
                raise SourceError(message) from None
        self._max_age = timedelta(days=max_age_days) if max_age_days else None

    def _open(self, copy: Path, path: Path) -> None:
        with maxminddb.open_database(os.fspath(copy)) as plain:
            metadata = plain.metadata()
            self._find = _lookup(copy, path, plain, metadata.database_type)
        self.build = datetime.fromtimestamp(metadata.build_epoch, UTC)
        self.name = f"{metadata.database_type} of {self.build:%Y-%m-%d}"

    def is_stale(self, at: datetime) -> bool:
        """Tell whether the database is older, by its build date, than the operator allows."""
        return self._max_age is not None and at - self.build > self._max_age

    def find(self, address: Address) -> Place | None:
        """Return the place of an address, None if the database has none or is damaged at that point."""
        try:
            return self._find(address)
        except (AddressNotFoundError, maxminddb.InvalidDatabaseError, ValueError):
            return None


@contextmanager
def _private_copy(path: Path) -> Iterator[Path]:
    """Copy a file, and remove the copy's name afterwards. Raises SourceError."""
    with ExitStack() as stack:
        try:
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="joinfence-")), "copy")
            with path.open("rb") as original, copy.open("wb") as file:
                shutil.copyfileobj(original, file)
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror}; check the path and its permissions"
            raise SourceError(message) from None
        yield copy


def _lookup(copy: Path, path: Path, plain: maxminddb.Reader, kind: str) -> Lookup:
    """Return the lookup function for the database's schema.

    A country that is an object means MaxMind's schema, which geoip2 reads. A country that is a code means a
    flat schema. The schema is not stated anywhere, so it is recognised by the first records.
    """
    records = [record for _network, record in islice(plain, _SAMPLE) if isinstance(record, dict)]
    if any(isinstance(record.get("country"), dict) for record in records):
        return _maxmind(geoip2.database.Reader(os.fspath(copy)), kind)
    for key in ("country_code", "country"):
        if any(place_of(record.get(key)) for record in records):
            return _flat(maxminddb.open_database(os.fspath(copy)), key)
    message = f"{path} is a {kind} database, which has no countries; use a country or city database"
    raise SourceError(message)


def _maxmind(reader: geoip2.database.Reader, kind: str) -> Lookup:
    look_up: Callable[[Address], Any] = reader.country
    if "City" in kind:
        look_up = reader.city
    elif "Enterprise" in kind:
        look_up = reader.enterprise
    elif "Country" not in kind:
        message = f"its type {kind} is not one that has countries"
        raise ValueError(message)

    def find(address: Address) -> Place | None:
        answer = look_up(address)
        subdivisions = (part.iso_code for part in getattr(answer, "subdivisions", ()))
        return place_of(answer.country.iso_code, subdivisions)

    return find


def _flat(reader: maxminddb.Reader, key: str) -> Lookup:
    def find(address: Address) -> Place | None:
        record = reader.get(address)
        return place_of(record.get(key)) if isinstance(record, dict) else None

    return find
