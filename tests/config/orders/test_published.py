"""Which orders count as published: those whose pages show them exactly as they are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.published import digest, public_digests, read_published, with_publication
from joinfence.config.orders.reader import read_order
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.order import Mode, Standing, standing
from joinfence.engine.values import Join
from tests.config_files import SHIPPED
from tests.factories import AUTHORITY, NOW, ORDER
from tests.order_texts import EXAMPLE, changed

DAY = timedelta(days=1)


def entry(state: str = "in_force", **changed: Any) -> dict[str, Any]:
    values = {
        "id": ORDER.id,
        "version": 1,
        "digest": digest(ORDER, 1),
        "page": "orders/",
        "record": "order.json",
    }
    return {**values, "state": state, **changed}


def index(folder: Path, *orders: dict[str, Any]) -> Path:
    path = folder / "index.json"
    head = {"schema": "site/1", "operator": "O", "built_at": "2026-11-24T12:00:00Z", "languages": ["en"]}
    path.write_text(json.dumps({**head, "orders": orders}))
    return path


def stands(order: Any, *indexes: Path) -> Standing:
    return standing(with_publication(order, public_digests(indexes)), NOW)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param(ORDER, Standing.IN_FORCE, id="as shown"),
        pytest.param(
            replace(ORDER, suspended_since=NOW - DAY),
            Standing.SUSPENDED,
            id="suspended, which needs no new page",
        ),
        pytest.param(replace(ORDER, version=2), Standing.UNPUBLISHED, id="another version"),
        pytest.param(
            replace(ORDER, territory=("DE", "AT")), Standing.UNPUBLISHED, id="for another territory"
        ),
        pytest.param(
            replace(ORDER, expires_at=ORDER.expires_at + DAY), Standing.UNPUBLISHED, id="for longer"
        ),
        pytest.param(
            replace(ORDER, meetings=(*ORDER.meetings, Join("zoom", "4"))),
            Standing.UNPUBLISHED,
            id="more meetings",
        ),
        pytest.param(replace(ORDER, mode=Mode.OBSERVE), Standing.UNPUBLISHED, id="another mode"),
        pytest.param(replace(ORDER, reasons={"en": "Other"}), Standing.UNPUBLISHED, id="for other reasons"),
        pytest.param(
            replace(ORDER, authority=replace(AUTHORITY, id="x")),
            Standing.UNPUBLISHED,
            id="by another authority",
        ),
        pytest.param(
            replace(ORDER, authority=replace(AUTHORITY, name={"en": "Courts"})),
            Standing.UNPUBLISHED,
            id="by an authority with another name",
        ),
        pytest.param(
            replace(ORDER, authority=replace(AUTHORITY, official_url="https://evil.example/")),
            Standing.UNPUBLISHED,
            id="by an authority with another address",
        ),
    ],
)
def test_an_order_is_published_only_if_its_page_shows_it_unchanged(
    tmp_path: Path, order: Any, expected: Standing
) -> None:
    assert stands(order, index(tmp_path, entry())) is expected


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("document.url", "https://a.example/other.pdf"),
        ("document.sha256", "0" * 64),
        ("document.redacted", not EXAMPLE["document"]["redacted"]),
        ("document.language", "en"),
        ("authority.ecli", "ECLI:DE:BGH:2026:010126UIZR1.26.0"),
        ("necessity.aim", "public_order"),
        ("necessity.least_restrictive", "Otherwise it would reach too many."),
        ("necessity.alternatives[0]", "A letter to the host."),
        ("narrowed_from", "The whole world."),
        ("received_at", "2026-11-08T12:00:00Z"),
        ("host_notice", {"state": "not_possible", "reason": "No address."}),
    ],
)
def test_the_digest_covers_what_only_the_page_shows(place: str, value: object) -> None:
    def read(text: str) -> Any:
        register = read_authorities(SHIPPED / "authorities.yaml")
        services = {"demo": (), "zoom": ()}
        return read_order(parse_document(Path("o.yaml"), text), register=register, services=services, now=NOW)

    assert digest(read(changed((place, value))), 2) != digest(read(changed()), 2)


@pytest.mark.parametrize("state", ["superseded", "withdrawn"])
def test_an_order_shown_as_superseded_or_withdrawn_is_not_published(tmp_path: Path, state: str) -> None:
    assert stands(ORDER, index(tmp_path, entry(state))) is Standing.UNPUBLISHED


def test_nothing_is_published_without_an_index_but_orders_may_not_need_one(tmp_path: Path) -> None:
    assert stands(ORDER, tmp_path / "index.json") is Standing.UNPUBLISHED
    assert stands(ORDER) is Standing.IN_FORCE


def test_a_digest_reveals_nothing_about_the_meetings_but_their_number() -> None:
    other = replace(ORDER, meetings=(Join("demo", "townhall"),))
    assert digest(ORDER, 1) == digest(other, 1) != digest(ORDER, 2)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "site/2"}', "\xff"])
def test_a_file_that_is_not_an_index_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match="is not an index written by `joinfence site build`"):
        read_published(path)


def test_an_unreadable_index_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_published(tmp_path)
