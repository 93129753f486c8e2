"""Location databases: every schema, and files that are broken or change while open."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from joinfence.location.mmdb import Mmdb
from joinfence.location.source import Place, SourceError
from tests.mmdb_files import COUNTRIES, write_mmdb

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("kind", "record", "place"),
    [
        pytest.param("GeoLite2-Country", {"country": {"iso_code": "US"}}, Place("US"), id="MaxMind country"),
        pytest.param("DBIP-Country-Lite", {"country": {"iso_code": "US"}}, Place("US"), id="DB-IP country"),
        pytest.param(
            "GeoLite2-City",
            {"country": {"iso_code": "DE"}, "subdivisions": [{"iso_code": "BY"}, {"names": {"en": "x"}}]},
            Place("DE", ("DE-BY",)),
            id="MaxMind city",
        ),
        pytest.param(
            "GeoIP2-Enterprise", {"country": {"iso_code": "US"}}, Place("US"), id="MaxMind enterprise"
        ),
        pytest.param(
            "ipinfo lite.mmdb", {"country": "Germany", "country_code": "DE"}, Place("DE"), id="IPinfo lite"
        ),
        pytest.param(
            "ipinfo country.mmdb", {"country": "DE", "country_name": "Germany"}, Place("DE"), id="IPinfo"
        ),
        pytest.param(
            "GeoLite2-Country",
            {"country": {"iso_code": "FR"}},
            Place("FR"),
            id="a country without subdivisions",
        ),
    ],
)
def test_every_schema_is_read(tmp_path: Path, kind: str, record: dict[str, Any], place: Place) -> None:
    database = Mmdb(write_mmdb(tmp_path / "a.mmdb", {"9.9.0.0/16": record}, kind=kind))
    assert database.find(ip_address("9.9.9.9")) == place
    assert database.find(ip_address("8.8.8.8")) is None
    assert database.name == f"{kind} of {datetime.now(UTC):%Y-%m-%d}"


def test_the_country_counts_not_the_registered_country(tmp_path: Path) -> None:
    assert Mmdb(write_mmdb(tmp_path / "a.mmdb")).find(ip_address("9.9.9.9")) == Place("US")


def test_a_record_without_a_country_has_no_place(tmp_path: Path) -> None:
    records: dict[str, Any] = {
        "9.9.0.0/16": {"country_code": "US"},
        "8.8.0.0/16": {"asn": 1},
        "7.7.0.0/16": "text",
    }
    database = Mmdb(write_mmdb(tmp_path / "a.mmdb", records, kind="flat"))
    assert [database.find(IPv4Address(a)) for a in ("9.9.9.9", "8.8.8.8", "7.7.7.7")] == [
        Place("US"),
        None,
        None,
    ]


def test_an_ipv4_database_has_no_ipv6_addresses(tmp_path: Path) -> None:
    path = write_mmdb(tmp_path / "a.mmdb", {"9.9.0.0/16": COUNTRIES["9.9.0.0/16"]}, version=4)
    assert Mmdb(path).find(ip_address("2003::1")) is None


@pytest.mark.parametrize(
    ("kind", "record", "message"),
    [
        ("GeoLite2-ASN", {"autonomous_system_number": 1}, "is a GeoLite2-ASN database, which has no countries; use a country or city database"),
        ("Own-Places", {"country": {"iso_code": "US"}}, "is not a usable location database (its type Own-Places is not one that has countries); the download may be incomplete"),
    ],
)  # fmt: skip
def test_a_database_without_countries_is_refused(
    tmp_path: Path, kind: str, record: dict[str, Any], message: str
) -> None:
    path = write_mmdb(tmp_path / "a.mmdb", {"9.9.0.0/16": record}, kind=kind)
    with pytest.raises(SourceError) as caught:
        Mmdb(path)
    assert str(caught.value) == f"{path} {message}"


@pytest.mark.parametrize("size", [0, 1, 100, -1, -200])
def test_a_truncated_file_is_refused(tmp_path: Path, size: int) -> None:
    path = write_mmdb(tmp_path / "a.mmdb")
    whole = path.read_bytes()
    path.write_bytes(whole[:size])
    if size == -1:
        # Without the last byte of the metadata, a reader may work. Then what it returns must be right.
        try:
            assert Mmdb(path).find(ip_address("9.9.9.9")) == Place("US")
        except SourceError:
            return
        return
    with pytest.raises(SourceError, match="is not a usable location database"):
        Mmdb(path)


def test_a_file_without_its_search_tree_is_refused(tmp_path: Path) -> None:
    path = write_mmdb(tmp_path / "a.mmdb")
    whole = path.read_bytes()
    path.write_bytes(whole[whole.rindex(b"\xab\xcd\xefMaxMind.com") :])
    with pytest.raises(SourceError, match="is not a usable location database"):
        Mmdb(path)


def test_a_missing_file_is_reported_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        Mmdb(tmp_path / "a.mmdb")
    assert str(caught.value) == (
        f"{tmp_path / 'a.mmdb'} cannot be read: No such file or directory; check the path and its permissions"
    )


def test_a_damaged_record_never_raises(tmp_path: Path) -> None:
    path = write_mmdb(
        tmp_path / "a.mmdb", {f"9.{n}.0.0/16": {"country": {"iso_code": "US"}} for n in range(200)}
    )
    whole = path.read_bytes()
    end = whole.rindex(b"\xab\xcd\xefMaxMind.com")
    for position in range(max(0, end - 60), end):
        path.write_bytes(whole[:position] + b"\xff" + whole[position + 1 :])
        try:
            database = Mmdb(path)
        except SourceError:
            continue
        for n in range(0, 200, 20):
            database.find(ip_address(f"9.{n}.1.1"))


def test_the_database_stays_readable_when_its_file_is_truncated_and_deleted(tmp_path: Path) -> None:
    path = write_mmdb(tmp_path / "a.mmdb")
    database = Mmdb(path)
    path.write_bytes(b"")
    assert database.find(ip_address("9.9.9.9")) == Place("US")
    path.unlink()
    assert database.find(ip_address("2003::1")) == Place("DE")


def test_no_copy_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    Mmdb(write_mmdb(tmp_path / "a.mmdb"))
    (tmp_path / "b.mmdb").write_bytes(b"x")
    with pytest.raises(SourceError):
        Mmdb(tmp_path / "b.mmdb")
    assert list(copies.iterdir()) == []


def test_a_full_disk_is_reported_and_no_partial_copy_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()

    def half(_original: BinaryIO, copy: BinaryIO) -> None:
        copy.write(b"half")
        copy.flush()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    monkeypatch.setattr(shutil, "copyfileobj", half)
    with pytest.raises(SourceError, match=r"a\.mmdb cannot be read: No space left on device"):
        Mmdb(write_mmdb(tmp_path / "a.mmdb"))
    assert list(copies.iterdir()) == []


def test_age_is_counted_from_the_build_date(tmp_path: Path) -> None:
    path = write_mmdb(tmp_path / "a.mmdb")
    database = Mmdb(path, max_age_days=30)
    month = timedelta(days=30)
    assert not database.is_stale(database.build + month)
    assert database.is_stale(database.build + month + timedelta(seconds=1))
    assert not Mmdb(path).is_stale(database.build + 100 * month)
