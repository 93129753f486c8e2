"""Rules between fields; the messages of most stand in order_problems.txt."""

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
from joinfence.config.orders.rules import breaches, names
from joinfence.config.orders.schema import LONGEST_PERIOD, OrderFile
from joinfence.config.yaml.codes import countries, is_territory, subdivisions, territory_hint
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.engine.joins.normalise import Step
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
    return [loc for loc, _ in breaches(order, document, REGISTER, {"demo": (), "zoom": ()}, NOW)]


@pytest.mark.parametrize(("instrument", "longest"), sorted(LONGEST_PERIOD.items()))
def test_the_longest_period_of_an_instrument_is_allowed_and_a_second_more_is_not(
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
def test_a_local_copy_of_the_document_must_have_its_hash(
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
def test_an_order_that_loads_never_decides_outside_its_authority_s_competence(
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


def test_a_local_copy_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "order.pdf")
    assert broken(tmp_path, ("document.file", "order.pdf")) == [("document", "file")]


def test_an_order_issued_today_where_it_was_received_is_not_of_the_future(tmp_path: Path) -> None:
    today = (("authority.issued_on", "2026-11-25"), ("received_at", "2026-11-25T01:00:00+14:00"))
    assert broken(tmp_path, *today) == []
    assert broken(tmp_path, today[0], ("received_at", "2026-11-25T01:00:00Z")) == [("authority", "issued_on")]


def test_a_word_that_only_contains_an_id_does_not_name_the_meeting(tmp_path: Path) -> None:
    assert broken(tmp_path, ("meetings[0].id", "rechte")) == []
    assert broken(tmp_path, ("meetings[0].id", "WIDERSPRUCH")) == [
        ("redress", "affected", "how"),
        ("redress", "affected", "url"),
    ]


@pytest.mark.parametrize(
    "spelling",
    [
        "987 6543 2101",
        "98765432101",
        "987-6543-2101",
        "987\u00a06543\u00a02101",
        "9876.5432.101",
        "_98765432101_",
    ],
)
def test_no_reason_names_a_meeting_in_another_spelling(tmp_path: Path, spelling: str) -> None:
    reason = f"The meeting {spelling} rebroadcasts a concert without the permission of its holder."
    order = validate(OrderFile, parse_document(tmp_path / "o.yaml", changed(("reasons.en", reason))))
    services = {"demo": (), "zoom": (Step.DIGITS,)}
    found = breaches(order, parse_document(tmp_path / "o.yaml", "a: 1"), REGISTER, services, NOW)
    assert [loc for loc, _ in found] == [("reasons", "en")]


@pytest.mark.parametrize(
    ("place", "text", "named"),
    [
        pytest.param("reasons.en", "The _townhall_ rebroadcasts a concert without the permission of its holder.", True, id="emphasised"),
        pytest.param("document.url", "https://a.example/order_98765432101.pdf", True, id="in the document's name"),
        pytest.param("redress.affected.url", "https://a.example/?meeting=98765432101", True, id="in a link to redress"),
        pytest.param("document.url", "https://a.example/townhalls.pdf", False, id="a longer word"),
        pytest.param("document.url", "https://a.example/1-987-6543-21012", False, id="a longer number"),
        pytest.param("reasons.en", "Stream 9876 and 543, of 2101, rebroadcasts a concert without its holder.", False, id="digits among words"),
    ],
)  # fmt: skip
def test_no_text_or_link_of_a_refusal_names_a_meeting(
    tmp_path: Path, place: str, text: str, named: bool
) -> None:
    order = validate(OrderFile, parse_document(tmp_path / "o.yaml", changed((place, text))))
    found = breaches(
        order, parse_document(tmp_path / "o.yaml", "a: 1"), REGISTER, {"demo": (), "zoom": ()}, NOW
    )
    assert [loc for loc, _ in found] == ([tuple(place.split("."))] if named else [])


@given(
    st.text("12 -_\u00a0a", max_size=12),
    st.text("12-", min_size=1, max_size=3).filter(lambda word: word.strip("-")),
)
def test_an_id_of_digits_is_named_where_its_digits_stand_as_a_word(text: str, word: str) -> None:
    digits = word.replace("-", "")
    words = [range(start, end) for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
    expected = any(
        text[part.start].isalnum()
        and text[part.stop - 1].isalnum()
        and "".join(each for each in text[part.start : part.stop] if each.isalnum()) == digits
        and not text[: part.start][-1:].isalnum()
        and not text[part.stop :][:1].isalnum()
        for part in words
    )
    assert names(text, word) == expected
