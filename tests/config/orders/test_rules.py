"""Rules that involve several fields. The messages of most are in order_problems.txt."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.reader import read_order
from joinfence.config.orders.rules import violations
from joinfence.config.orders.schema import LONGEST_PERIOD, OrderFile
from joinfence.config.yaml.codes import countries, is_territory, subdivisions, territory_hint
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.engine.territory import OWN_CODES, contains, covers, resolve_own_code
from joinfence.engine.values import Location
from tests.config_files import SHIPPED
from tests.order_texts import changed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
COUNTRIES = sorted(country.alpha_2 for country in pycountry.countries)
SUBDIVISIONS = sorted(subdivision.code for subdivision in pycountry.subdivisions)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")


def broken(folder: Path, *changes: tuple[str, Any]) -> list[tuple[str | int, ...]]:
    document = parse_document(folder / "o.yaml", changed(*changes))
    order = validate(OrderFile, document)
    return [loc for loc, _ in violations(order, document, REGISTER, {"demo": (), "zoom": ()}, NOW)]


@pytest.mark.parametrize(("instrument", "longest"), sorted(LONGEST_PERIOD.items()))
def test_a_period_may_last_as_long_as_its_instrument_allows_and_no_longer(
    tmp_path: Path, instrument: str, longest: timedelta
) -> None:
    begins = datetime(2026, 11, 10, tzinfo=UTC)
    for extra, expected in ((timedelta(), []), (timedelta(seconds=1), [("expires_at",)])):
        changes = (
            ("authority.instrument", instrument),
            ("effective_from", begins.isoformat()),
            ("expires_at", (begins + longest + extra).isoformat()),
        )
        assert broken(tmp_path, *changes) == expected


@pytest.mark.parametrize(("supersedes", "expected"), [(1, []), (2, [("supersedes",)])])
def test_a_version_supersedes_the_one_before(tmp_path: Path, supersedes: int, expected: list[object]) -> None:
    assert broken(tmp_path, ("version", 2), ("supersedes", supersedes)) == expected


@pytest.mark.parametrize(
    ("content", "expected"), [(b"the order", []), (b"tampered", [("document", "sha256")])]
)
def test_a_local_copy_of_the_document_must_match_its_hash(
    tmp_path: Path, content: bytes, expected: list[object]
) -> None:
    (tmp_path / "order.pdf").write_bytes(content)
    digest = hashlib.sha256(b"the order").hexdigest()
    assert broken(tmp_path, ("document.file", "order.pdf"), ("document.sha256", digest)) == expected


PLACES = sorted(countries() | subdivisions())
ISO = [*COUNTRIES, *SUBDIVISIONS]
competences = st.lists(st.sampled_from(PLACES), min_size=1, max_size=4)
registers = st.sampled_from([list(each.competence) for each in REGISTER.values()]) | competences


@st.composite
def locations(draw: st.DrawFn, near: list[str]) -> Location:
    """Draw a location as sources state it: near one of the codes or anywhere, with or without subdivisions."""
    code = draw(st.sampled_from([*near, *(own for own in OWN_CODES.values())]) | st.sampled_from(ISO))
    country = code.partition("-")[0]
    inside = [each for each in SUBDIVISIONS if each.startswith(f"{country}-")]
    stated = draw(st.lists(st.sampled_from(inside), max_size=2)) if inside else []
    country, kept = resolve_own_code(country, [*([code] if "-" in code else []), *stated])
    return Location(country=country, subdivisions=kept)


@given(st.data(), registers)
def test_a_loaded_order_never_covers_a_place_outside_its_authority_s_competence(
    data: st.DataObject, competence: list[str]
) -> None:
    inside = [code for code in ISO if any(contains(each, code) for each in competence)]
    codes = st.sampled_from(inside) | st.sampled_from(ISO) if inside else st.sampled_from(ISO)
    territory = data.draw(st.lists(codes, min_size=1, max_size=5))
    authority = replace(REGISTER["de-lg-beispielstadt"], competence=tuple(competence))
    document = parse_document(Path("o.yaml"), changed(("territory", territory)))
    try:
        order = read_order(
            document, register={authority.id: authority}, services={"demo": (), "zoom": ()}, now=NOW
        )
    except ConfigError:
        valid = all(is_territory(code) and code in inside for code in territory)
        assert not (valid and len(set(territory)) == len(territory))
        return
    location = data.draw(locations(territory))
    if covers(order.territory, location):
        assert any(
            contains(each, code) for code in (location.country, *location.subdivisions) for each in competence
        )
        assert location.country in {code.partition("-")[0] for code in competence}


def test_each_code_of_iso_3166_is_its_own_place_or_refused_with_the_code_to_write() -> None:
    assert [code for code in ISO if not is_territory(code)] == sorted(OWN_CODES)
    assert {code: territory_hint(code) for code in OWN_CODES} == {
        d: f"write {own}" for d, own in OWN_CODES.items()
    }


def test_a_local_copy_that_is_a_pipe_is_refused_without_blocking(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "order.pdf")
    assert broken(tmp_path, ("document.file", "order.pdf")) == [("document", "file")]


def test_issued_on_is_compared_with_the_date_where_the_order_was_received(tmp_path: Path) -> None:
    today = (("authority.issued_on", "2026-11-25"), ("received_at", "2026-11-25T01:00:00+14:00"))
    assert broken(tmp_path, *today) == []
    assert broken(tmp_path, today[0], ("received_at", "2026-11-25T01:00:00Z")) == [("authority", "issued_on")]


def test_a_word_that_only_contains_an_id_does_not_name_the_meeting(tmp_path: Path) -> None:
    assert broken(tmp_path, ("meetings[0].id", "rechte")) == []
    assert broken(tmp_path, ("meetings[0].id", "WIDERSPRUCH")) == [
        ("redress", "affected", "how"),
        ("redress", "affected", "url"),
    ]
