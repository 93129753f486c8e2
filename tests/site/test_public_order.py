"""The public part of an order is everything except its meetings."""

from __future__ import annotations

import json
from pathlib import Path

from joinfence.config.orders.published import digest
from joinfence.config.orders.reader import read_order
from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.validate import validate
from joinfence.site.public_order import PublicOrder, plain, public_order
from tests.order_texts import changed
from tests.site.samples import AT, COURT, MEETINGS, make_file, make_public

HERE = Path("order.yaml")


def test_the_public_order_has_the_contents_of_the_file_and_the_number_of_meetings() -> None:
    order = make_public(HERE)
    assert (order.id, order.version, order.meetings) == ("DE-2026-0001", 1, 2)
    assert order.document.sha256 == make_file(HERE).document.sha256
    assert order.authority.name["de"] == "Landgericht Beispielstadt"
    assert order.necessity.alternatives == ["A notice to the host, who did not answer within the period set."]


def test_the_public_order_has_no_meeting_id_in_any_form() -> None:
    text = json.dumps(plain(make_public(HERE).model_dump()))
    for name in ("townhall", "98765432101", "987 6543 2101", *(meeting.meeting for meeting in MEETINGS)):
        assert name not in text


def test_the_reason_for_not_telling_the_host_is_not_public() -> None:
    order = make_public(HERE, ("host_notice", {"state": "not_possible", "reason": "No address."}))
    assert "No address." not in json.dumps(plain(order.model_dump()))
    assert order.host_notice == "not_possible"


def test_a_public_order_survives_a_round_trip_through_json() -> None:
    order = make_public(HERE)
    assert PublicOrder.model_validate(plain(order.model_dump())) == order


def test_the_digest_survives_a_round_trip_through_json() -> None:
    order = make_public(HERE)
    again = PublicOrder.model_validate(plain(order.model_dump()))
    assert digest(order.order(), 2) == digest(again.order(), 2)
    assert order.order().authority == COURT


def test_the_digest_is_that_of_the_order_read_from_the_file() -> None:
    text = changed()
    services = {"demo": (), "zoom": ()}
    document = parse_document(HERE, text)
    read = read_order(document, register={COURT.id: COURT}, services=services, now=AT)
    public = public_order(validate(OrderFile, document), read)
    again = PublicOrder.model_validate(plain(public.model_dump()))
    assert digest(again.order(), again.meetings) == digest(read, len(read.meetings))
