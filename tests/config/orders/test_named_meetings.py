"""The rule that no public text names a meeting; what it makes of orders is a table for reader and site alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.config.orders import named_meetings as module
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.named_meetings import MESSAGE, names, naming_a_meeting
from joinfence.config.orders.reader import read_order
from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.engine.joins.normalise import Step, livekit_room
from tests.config_files import SHIPPED
from tests.factories import NOW
from tests.named_meetings import CASES
from tests.order_texts import changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.named_meetings import Changes

REGISTER = read_authorities(SHIPPED / "authorities.yaml")
SERVICES = {"demo": (), "zoom": (Step.DIGITS,)}


def named(*changes: tuple[str, Any], services: dict[str, tuple[Step, ...]] = SERVICES) -> list[str]:
    """Return what the reader of orders says of the shipped order with changes."""
    document = parse_document(Path("order.yaml"), changed(*changes))
    try:
        read_order(document, register=REGISTER, services=services, now=NOW)
    except ConfigError as error:
        return [problem.message for problem in error.problems]
    return []


@pytest.mark.parametrize(("changes", "places"), CASES)
def test_an_order_that_names_a_meeting_is_not_loaded(changes: Changes, places: list[str]) -> None:
    assert named(*changes) == [f"{place}: {MESSAGE}" for place in places]


def test_a_suspension_is_loaded_whatever_its_reason_names() -> None:
    reason = "The host of townhall has appealed."
    suspended = {"since": "2026-11-20T00:00:00Z", "reason": reason}
    assert named(("suspended", suspended)) == [], "otherwise the order would stay in force"
    file = validate(OrderFile, parse_document(Path("o.yaml"), changed(("suspended", suspended))))
    assert list(naming_a_meeting(file, ())) == [("suspended", "reason")]


def test_a_name_derived_from_a_meeting_counts() -> None:
    services = {**SERVICES, "demo": (Step("derive matrixrtc slot123"),)}
    room = livekit_room("townhall", "slot123")
    assert named(("narrowed_from", f"Everybody in {room}."), services=services) == [
        f"narrowed_from: {MESSAGE}"
    ]


WHOLE = changed(
    ("authority.ecli", "ECLI:DE:BGH:2026:010126UIZR1.26.0"),
    ("document.file", "order.pdf"),
    ("narrowed_from", "The whole world."),
    ("host_notice", {"state": "deferred", "reason": "The host is abroad.", "until": "2026-12-01T00:00:00Z"}),
    ("suspended", {"since": "2026-11-20T00:00:00Z", "reason": "An appeal is pending."}),
)
NOT_WORDED = [
    "schema_",
    "id",
    "purpose",
    "mode",
    "tally",
    "authority.instrument",
    "document.sha256",
    "document.language",
    "legal_basis.0.scheme",
    "legal_basis.1.scheme",
    "necessity.aim",
    "territory.0",
    "redress.affected.language",
]
NOT_PUBLIC = ["document.file", "host_notice.state", "host_notice.reason"]
MEETINGS = ["meetings.0.service", "meetings.0.id", "meetings.1.service", "meetings.1.id"]


def test_every_text_of_an_order_is_searched_or_left_out_on_purpose() -> None:
    file = validate(OrderFile, parse_document(Path("o.yaml"), WHOLE))
    unset = {name for name in OrderFile.model_fields if getattr(file, name) is None}
    assert unset == {"supersedes"}, "a number"
    searched = [".".join(map(str, each.loc)) for each in (*module._prose(file), *module._labels(file))]
    assert sorted(texts(file.model_dump())) == sorted([*searched, *NOT_WORDED, *NOT_PUBLIC, *MEETINGS])


def texts(value: object, way: str = "") -> Iterator[str]:
    """Yield the place of every text in plain data, such as necessity.alternatives.0."""
    match value:
        case str():
            yield way
        case dict():
            for key, each in value.items():
                yield from texts(each, f"{way}.{key}".lstrip("."))
        case list():
            for index, each in enumerate(value):
                yield from texts(each, f"{way}.{index}")


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
