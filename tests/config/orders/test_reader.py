from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.reader import read_order
from joinfence.config.yaml.document import parse_document, read_document
from joinfence.engine.joins.normalise import Step
from joinfence.engine.order import LegalBasis, Mode, Order, Redress
from joinfence.engine.values import Join
from tests.config_files import SHIPPED
from tests.order_texts import EXAMPLE, changed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CET = timezone(timedelta(hours=1))
REGISTER = read_authorities(SHIPPED / "authorities.yaml")
SERVICES = {"demo": (), "zoom": (Step.DIGITS,), "janus-videoroom": (Step.TRIM,)}


def test_an_order_holds_what_deciding_and_refusing_need() -> None:
    document = read_document(SHIPPED / "orders" / "DE-2026-0001.yaml")
    order = read_order(document, register=REGISTER, services=SERVICES, now=NOW)
    assert len(order.page_digest) == 32
    assert replace(order, page_digest="") == Order(
        id="DE-2026-0001",
        version=1,
        purpose="copyright",
        mode=Mode.ENFORCE,
        authority=REGISTER["de-lg-beispielstadt"],
        instrument="interim_injunction",
        reference="17 O 123/26",
        issued_on=date(2026, 11, 5),
        legal_basis=tuple(LegalBasis(**entry) for entry in EXAMPLE["legal_basis"]),
        reasons=EXAMPLE["reasons"],
        territory=("DE",),
        meetings=(Join("demo", "townhall"), Join("zoom", "98765432101")),
        effective_from=datetime(2026, 11, 10, tzinfo=CET),
        expires_at=datetime(2027, 2, 8, tzinfo=CET),
        review_by=datetime(2027, 1, 10, tzinfo=CET),
        suspended_since=None,
        redress=Redress(
            how=EXAMPLE["redress"]["affected"]["how"],
            url="https://lg-beispielstadt.example/widerspruch",
            language="de",
            operator_contact="legal@meet.example",
            answer_within_days=14,
        ),
    )


@pytest.mark.parametrize("path", sorted((SHIPPED / "orders").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_order_is_valid(path: Path) -> None:
    assert read_order(read_document(path), register=REGISTER, services=SERVICES, now=NOW).id == path.stem


def test_an_order_also_covers_names_derived_from_a_meeting_id() -> None:
    # The LiveKit room of MSC4195's test vector: a token of that room is a join to the Matrix room.
    services = {**SERVICES, "zoom": (Step("derive matrixrtc slot123"),)}
    text = changed(("meetings", [{"service": "zoom", "id": "!roomid:example.com"}]))
    order = read_order(parse_document(Path("o.yaml"), text), register=REGISTER, services=services, now=NOW)
    assert order.meetings == (
        Join("zoom", "!roomid:example.com"),
        Join("zoom", "AUDmNDQiVHmWYRE+rKBvieWX8AUSzepenuj6u+d/n9c"),
    )


def test_a_suspended_order_holds_since_when() -> None:
    text = changed(("suspended", {"since": "2026-11-20T00:00:00Z", "reason": "Appeal."}), ("mode", "observe"))
    order = read_order(parse_document(Path("o.yaml"), text), register=REGISTER, services=SERVICES, now=NOW)
    assert (order.suspended_since, order.mode) == (datetime(2026, 11, 20, tzinfo=UTC), Mode.OBSERVE)


def test_orders_share_equal_values() -> None:
    first, second = (
        read_order(
            parse_document(Path("o.yaml"), changed(("id", name))),
            register=REGISTER,
            services=SERVICES,
            now=NOW,
        )
        for name in ("DE-2026-0001", "DE-2026-0002")
    )
    assert first.redress is second.redress
    assert first.effective_from is second.effective_from
