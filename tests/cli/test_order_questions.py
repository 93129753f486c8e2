from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.cli.order_questions import Question, allowed, at, expected_instead, put, questions
from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.validate import Model

if TYPE_CHECKING:
    from pathlib import Path

COMPETENCE = {"de-court": ("DE",), "eu-body": ("DE", "FR")}
KNOWN: dict[str, Any] = {"authority": {"id": "de-court"}, "document": {"language": "de"}}


def asked(answers: dict[str, Any]) -> dict[str, Question]:
    found = questions(
        answers, competence=COMPETENCE, services=["zoom", "demo"], free_id=lambda _: "DE-2026-0009"
    )
    return {".".join(each.place): each for each in found if each.when(answers)}


def leaves(model: type[Model], before: str = "") -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        key = f"{before}{field.alias or name}"
        inner = field.annotation
        is_model = isinstance(inner, type) and issubclass(inner, Model)
        found |= leaves(inner, f"{key}.") if is_model else {key}  # type: ignore[arg-type]
    return found


def test_every_required_field_is_asked_for_once() -> None:
    places = set(asked({**KNOWN, "host_notice": {"state": "deferred"}}))
    optional = {
        "supersedes",
        "narrowed_from",
        "suspended",
        "authority.ecli",
        "document.file",
        "host_notice.at",
        "tally",
    }
    expected = leaves(OrderFile) - optional - {"schema", "version", "reasons"} | {"reasons.de", "reasons.en"}
    assert places == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [("sent", {"at"}), ("not_possible", {"reason"}), ("deferred", {"reason", "until"})],
)
def test_questions_about_the_notice_depend_on_its_state(state: str, expected: set[str]) -> None:
    found = {
        place
        for place in asked({**KNOWN, "host_notice": {"state": state}})
        if place.startswith("host_notice.")
    }
    assert found == {"host_notice.state", *(f"host_notice.{each}" for each in expected)}


@pytest.mark.parametrize(
    ("place", "text", "value", "expected"),
    [
        ("authority.id", "de-court", "de-court", None),
        ("authority.id", "nobody", "nobody", "de-court or eu-body"),
        ("id", "DE-1", "DE-1", "two capital letters, year and number, such as DE-2026-0001"),
        ("purpose", "copyright", "copyright", None),
        ("document.redacted", "yes", True, None),
        ("document.redacted", "n", False, None),
        ("document.redacted", "perhaps", "perhaps", "true or false"),
        ("document.sha256", "A", "A", "the document's SHA-256 as 64 lower-case hexadecimal digits"),
        ("document.sha256", "a\0b", "a\0b", "the document's SHA-256 as 64 lower-case hexadecimal digits"),
        ("territory", "DE, FR", ["DE", "FR"], None),
        ("territory", "EU", ["EU"], None),
        ("territory", "UK", ["UK"], "an ISO 3166-1 alpha-2 or ISO 3166-2 code; UK: write GB"),
        ("territory", "CN-HK", ["CN-HK"], "an ISO 3166-1 alpha-2 or ISO 3166-2 code; CN-HK: write HK"),
        ("meetings", "zoom 987 654", {"service": "zoom", "id": "987 654"}, None),
        ("meetings", "webex 1", {"service": "webex", "id": "1"}, "demo or zoom"),
        (
            "meetings",
            "zoom *",
            {"service": "zoom", "id": "*"},
            "the exact id of one meeting, without pattern characters (* ? ^ | \\)",
        ),
        (
            "legal_basis",
            "§ 97 UrhG https://law.example/97",
            {"citation": "§ 97 UrhG", "scheme": "url", "value": "https://law.example/97"},
            None,
        ),
        (
            "legal_basis",
            "Art. 9 http://data.europa.eu/eli/reg/2022/2065/oj",
            {"citation": "Art. 9", "scheme": "eli", "value": "http://data.europa.eu/eli/reg/2022/2065/oj"},
            None,
        ),
        (
            "legal_basis",
            "L. 1 urn:lex:it:stato",
            {"citation": "L. 1", "scheme": "urn-lex", "value": "urn:lex:it:stato"},
            None,
        ),
        ("legal_basis", "A /akn/x/eli/y", {"citation": "A", "scheme": "akn", "value": "/akn/x/eli/y"}, None),
        ("reasons.de", "short", "short", "40 to 2000 characters of reasons"),
        ("expires_at", "soon", "soon", "a date and time with time zone, such as 2026-11-01T00:00:00+01:00"),
        ("redress.operator.answer_within_days", "14", 14, None),
        ("redress.operator.answer_within_days", "31", 31, "a number of days from 1 to 30"),
        ("redress.operator.answer_within_days", "x", "x", "a number of days from 1 to 30"),
        ("host_notice.state", "later", "later", "sent, not_possible or deferred"),
    ],
)
def test_an_answer_is_converted_and_checked(
    place: str, text: str, value: object, expected: str | None
) -> None:
    question = asked(KNOWN)[place]
    assert question.read(text) == value
    assert expected_instead(question, value) == expected


def test_a_hash_can_be_computed_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "d.pdf").write_bytes(b"the order")
    assert (
        asked(KNOWN)["document.sha256"].read(f" {tmp_path / 'd.pdf'} ")
        == hashlib.sha256(b"the order").hexdigest()
    )


def test_defaults_follow_from_earlier_answers() -> None:
    known = {
        "authority": {"id": "eu-body", "instrument": "judgment"},
        "document": {"language": "fr"},
        "received_at": "2026-11-01T00:00:00Z",
        "effective_from": "2026-11-02T00:00:00Z",
    }
    found = {place: question.default(known) for place, question in asked(known).items()}
    assert {place: default for place, default in found.items() if default} == {
        "id": "DE-2026-0009",
        "effective_from": "2026-11-01T00:00:00Z",
        "expires_at": "2027-05-01T00:00:00+00:00",
        "review_by": "2027-01-31T00:00:00+00:00",
        "redress.affected.language": "fr",
        "redress.operator.answer_within_days": "14",
        "mode": "enforce",
    }
    assert asked({})["expires_at"].default({}) is None
    assert asked({})["territory"].default({}) is None


def test_every_question_describes_the_answers_it_allows() -> None:
    for question in asked({**KNOWN, "host_notice": {"state": "deferred"}}).values():
        assert allowed(question)


def test_answers_are_stored_and_found_by_place() -> None:
    answers: dict[str, Any] = {}
    put(answers, ("a", "b"), 1)
    assert answers == {"a": {"b": 1}}
    assert (at(answers, ("a", "b")), at(answers, ("a", "b", "c")), at(answers, ("x", "y"))) == (1, None, None)
