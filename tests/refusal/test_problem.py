from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError, validate

from joinfence.engine.decision import Reason
from joinfence.refusal import problem
from joinfence.refusal.notices import FAILED, NOTICES
from joinfence.text.catalogues import languages
from tests.refusal.samples import OPERATOR, ORDER, OTHER, refused


def _document(*others: Any, language: str = "de") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(problem.document(refused(ORDER, *others), OPERATOR, language))
    return found


def test_all_members_of_a_refusal() -> None:
    assert _document(OTHER) == {
        "type": "https://meet.example/legal/refusal",
        "title": (
            "Von hier aus können Sie dieser Besprechung nicht beitreten: Eine rechtliche Anordnung untersagt es"
        ),
        "status": 451,
        "detail": (
            "Landgericht Beispielstadt hat angeordnet, dass aus bestimmten Gebieten niemand dieser Besprechung "
            "beitreten darf. Meet Example setzt das dort um und sonst nirgends."
        ),
        "order_id": "DE-2026-0001",
        "order_url": "https://meet.example/legal/orders/DE-2026-0001",
        "issuing_authority": {
            "name": "Landgericht Beispielstadt",
            "url": "https://lg-beispielstadt.example/",
            "reference": "12 O 345/26",
        },
        "legal_basis": [
            {"citation": "§ 97 UrhG", "scheme": "url", "value": "https://gesetze.example/urhg/97"},
            {"citation": "§ 935 ZPO", "scheme": "urn-lex", "value": "urn:lex:de:bund:gesetz:zpo!art935"},
        ],
        "reason": ORDER.reasons["de"],
        "territory": ["DE"],
        "effective_from": "2026-10-31T23:00:00Z",
        "review_by": "2026-12-15T11:00:00Z",
        "expires_at": "2027-01-14T23:00:00Z",
        "place_used": {
            "country": "DE",
            "from": ["registry 2026-10-30", "mmdb 2026-10-20"],
            "if_wrong": (
                "Stimmt das nicht, schreiben Sie an location@meet.example und nennen Sie das Land, in dem "
                "Sie sich befinden. Wir prüfen die Daten und berichtigen sie."
            ),
        },
        "redress": {
            "authority": {
                "how": ORDER.redress.how,
                "url": "https://lg-beispielstadt.example/rechtsbehelfe",
                "language": "de",
            },
            "operator": {"contact": "legal@meet.example", "answer_within_days": 7},
        },
        "other_orders": [
            {
                "order_id": "DE-2026-0007",
                "order_url": "https://meet.example/legal/orders/DE-2026-0007",
                "issuing_authority": "Landgericht Beispielstadt",
                "expires_at": "2027-01-14T23:00:00Z",
            }
        ],
        "kept": "nothing about this request",
        "languages": ["de", *(tag for tag in languages() if tag != "de")],
    }


def test_the_document_s_own_language_comes_first_in_its_list() -> None:
    english = _document(language="en")
    assert english["languages"][:2] == ["en", "ar"]
    assert english["reason"] == ORDER.reasons["en"]
    assert english["other_orders"] == []


def test_the_document_is_indented_and_unescaped() -> None:
    text = problem.document(refused(), OPERATOR, "de")
    assert text.startswith('{\n  "type": ')
    assert text.endswith("}\n")
    assert "Übertragung" in text


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_notice_has_the_type_about_blank(language: str) -> None:
    found = json.loads(problem.document(NOTICES[Reason.UNPARSABLE], OPERATOR, language))
    assert list(found) == ["type", "title", "status", "detail", "contact", "languages"]
    assert (found["type"], found["title"], found["status"]) == ("about:blank", "Bad Request", 400)
    assert (found["detail"] == NOTICES[Reason.UNPARSABLE].detail) == (language == "en")


def test_a_notice_without_a_contact_names_none() -> None:
    assert "contact" not in json.loads(problem.document(FAILED, replace(OPERATOR, contact=""), "en"))


SCHEMA = json.loads((files("joinfence.refusal") / "refusal.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("language", languages())
def test_a_refusal_is_valid_under_the_published_schema(language: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    found = json.loads(problem.document(refused(ORDER, OTHER), OPERATOR, language))
    validate(found, SCHEMA, Draft202012Validator)
    assert set(found) == set(SCHEMA["properties"]), "no member is missing, and none is unknown"


@pytest.mark.parametrize(
    "change",
    [{"instance": "/j/1"}, {"status": 403}, {"kept": "your address"}, {"territory": []}, {"legal_basis": []}],
)
def test_the_schema_rejects_an_invalid_refusal(change: dict[str, Any]) -> None:
    found = json.loads(problem.document(refused(), OPERATOR, "en")) | change
    with pytest.raises(ValidationError):
        validate(found, SCHEMA, Draft202012Validator)
