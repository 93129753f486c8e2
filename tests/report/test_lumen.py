"""Notices contain only what Lumen's API accepts.

The fields are those that the API's controller permits (berkmancenter/lumendatabase,
app/controllers/notices_controller.rb), the roles those of its models of court orders and government requests.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from joinfence.report.lumen import to_lumen
from tests.report.example import HALF_YEARS, ROOT
from tests.report.samples import BASE, make_order

NOTICE = {
    "title", "type", "subject", "body", "date_sent", "date_received", "source", "tag_list", "jurisdiction_list",
    "regulation_list", "language", "action_taken", "request_type", "mark_registration_number", "url_count", "webform",
    "case_id_number", "topic_ids", "file_uploads_attributes", "entity_notice_roles_attributes", "works_attributes",
}  # fmt: skip
ENTITY = {
    "name",
    "kind",
    "address_line_1",
    "address_line_2",
    "city",
    "state",
    "zip",
    "country_code",
    "phone",
    "email",
    "url",
}
WORK = {"description", "kind", "infringing_urls_attributes", "copyrighted_urls_attributes"}
ROLES = {
    "CourtOrder": {
        "recipient",
        "sender",
        "principal",
        "issuing_court",
        "plaintiff",
        "defendant",
        "submitter",
    },
    "GovernmentRequest": {"recipient", "sender", "principal", "submitter"},
}
REQUEST_TYPES = {"Agency", "Civil Subpoena", "Email", "Records Preservation", "Subpoena", "Warrant"}
FILES = sorted(path for half in HALF_YEARS for path in (ROOT / half / "lumen").iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_notice_contains_only_what_the_api_accepts(path: Any) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document.keys() == {"notice"}
    notice = document["notice"]
    assert notice.keys() <= NOTICE
    assert {"title", "type", "works_attributes", "entity_notice_roles_attributes"} <= notice.keys()
    assert notice["action_taken"] in {"Yes", "No", "Partial"}
    assert notice.get("request_type", "Agency") in REQUEST_TYPES
    for role in notice["entity_notice_roles_attributes"]:
        assert role.keys() == {"name", "entity_attributes"}
        assert role["name"] in ROLES[notice["type"]]
        assert role["entity_attributes"].keys() <= ENTITY
        assert role["entity_attributes"]["kind"] == "organization"
    assert all(work.keys() <= WORK for work in notice["works_attributes"])
    assert "authentication_token" not in path.read_text(encoding="utf-8")


def test_the_notices_of_a_court_and_of_a_regulator() -> None:
    court = to_lumen(make_order(), BASE.register["de-lg-beispielstadt"], BASE.operator)["notice"]
    assert (court["type"], court["title"]) == (
        "CourtOrder",
        "Court order from Regional Court of Beispielstadt: DE-2026-0001",
    )
    assert court["body"].startswith("In der Besprechung")
    other = to_lumen(
        make_order(narrowed_from="worldwide"), BASE.register["nl-kansspel-voorbeeld"], BASE.operator
    )["notice"]
    assert (other["type"], other["request_type"], other["action_taken"]) == (
        "GovernmentRequest",
        "Agency",
        "Partial",
    )
