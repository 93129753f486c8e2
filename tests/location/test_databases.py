from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from joinfence.location.databases import Databases
from joinfence.location.source import Place, SourceError
from tests.mmdb_files import write_mmdb

if TYPE_CHECKING:
    from pathlib import Path


def test_a_database_is_reopened_only_when_its_file_has_changed(tmp_path: Path) -> None:
    path, databases = write_mmdb(tmp_path / "a.mmdb"), Databases()
    first, _ = databases.open(path, None, 1)
    assert databases.open(path, None, 1) == (first, None)
    write_mmdb(path, {"9.9.0.0/16": {"country": {"iso_code": "PT"}}})
    second, warning = databases.open(path, None, 2)
    assert (second.find(ip_address("9.9.9.9")), warning) == (Place("PT"), None)


def test_an_unusable_replacement_keeps_the_previous_database_open_with_a_warning(tmp_path: Path) -> None:
    path, databases = write_mmdb(tmp_path / "a.mmdb"), Databases()
    first, _ = databases.open(path, None, 1)
    path.write_bytes(b"")
    previous, warning = databases.open(path, None, 2)
    assert previous is first
    assert warning is not None
    assert warning.endswith(f"; still using {first.name}")


def test_an_unusable_file_without_a_previous_database_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        Databases().open(tmp_path / "a.mmdb", None, 1)
