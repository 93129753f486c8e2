"""Each part is read from its own files, and a broken one affects only the parts that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.settings import read_settings
from joinfence.loading.candidate import Candidate, Memory, Part
from joinfence.loading.orders import OrderReader
from joinfence.loading.parts import (
    BRANDING,
    CLIENT_ADDRESS,
    CORRECTIONS,
    ORDERS,
    PARTS,
    PUBLIC,
    REGISTER,
    SERVICES,
    SIGNING,
    SOURCES,
)
from joinfence.location.databases import Databases
from tests.config_files import copy_configs, edit
from tests.factories import NOW

if TYPE_CHECKING:
    from pathlib import Path


def read(main: Path, before: Candidate | None = None) -> Candidate:
    settings, document = read_settings(main)
    candidate = Candidate(
        main=main,
        settings=settings,
        document=document,
        now=NOW,
        memory=before.memory if before else Memory(Databases(), OrderReader()),
        fingerprint={},
        values=dict(before.values) if before else {},
    )
    candidate.read(PARTS)
    return candidate


@pytest.fixture
def main(tmp_path: Path) -> Path:
    main = copy_configs(tmp_path)
    edit(main, "# notices:", "notices:")
    return main


def test_each_part_has_a_unique_name_and_comes_after_the_parts_it_needs() -> None:
    names = [part.name for part in PARTS]
    assert len(set(names)) == len(names)
    for number, part in enumerate(PARTS):
        assert {needed.name for needed in part.needs} <= set(names[:number])


def test_the_shipped_configuration_has_every_part(main: Path) -> None:
    found = read(main)
    assert (found.problems, found.held_back) == ([], set())
    assert found.values.keys() == {part.name for part in PARTS}
    assert len(found[ORDERS].entries) == 3


@pytest.mark.parametrize(
    ("part", "name", "old", "new", "reported"),
    [
        pytest.param(
            CORRECTIONS,
            "corrections.yaml",
            "corrections: []",
            "corrections: [1]",
            "corrections.yaml",
            id="corrections",
        ),
        pytest.param(
            SOURCES,
            "geofence.yaml",
            "- kind: registry",
            "- {kind: mmdb, path: none}",
            "geofence.yaml",
            id="sources",
        ),
        pytest.param(
            BRANDING,
            "notices/branding.yaml",
            "schema: notices/1",
            "schema: notices/2",
            "notices/branding.yaml",
            id="notices",
        ),
        pytest.param(
            SIGNING,
            "geofence.yaml",
            "{required: 0}",
            "{required: 1, signers: none}",
            "none",
            id="approvals",
        ),
        pytest.param(
            REGISTER, "authorities.yaml", "kind: court", "kind: x", "authorities.yaml", id="register"
        ),
        pytest.param(
            SERVICES,
            "services/zoom.yaml",
            "schema: service/1",
            "schema: service/2",
            "services/zoom.yaml",
            id="services",
        ),
    ],
)
def test_a_broken_part_keeps_its_last_good_value_and_breaks_no_other(
    main: Path, part: Part[Any], name: str, old: str, new: str, reported: str
) -> None:
    before = read(main)
    edit(main.parent / name, old, new)
    after = read(main, before)
    assert {problem.path for problem in after.problems} == {main.parent / reported}
    assert after[part] is before[part]
    first = read(main)
    missing = {each.name for each in PARTS} - first.values.keys()
    assert missing == {part.name} | {each.name for each in PARTS if part in each.needs}


def test_a_template_that_does_not_say_what_it_must_is_reported_where_it_is(main: Path) -> None:
    template = main.parent / "notices" / "page.html.j2"
    template.write_text("{{ nothing }}", encoding="utf-8")
    found = read(main)
    assert {problem.path for problem in found.problems} == {template}
    assert found.values.keys() == {part.name for part in PARTS} - {BRANDING.name}


def test_a_missing_list_of_proxies_breaks_the_client_address(main: Path) -> None:
    edit(main, '[127.0.0.1/32, "::1/128"]', "[{file: proxies.txt}]")
    found = read(main)
    assert {problem.path for problem in found.problems} == {main.parent / "proxies.txt"}
    assert found.values.keys() == {part.name for part in PARTS} - {CLIENT_ADDRESS.name}


def test_no_required_index_and_an_index_without_orders_are_different(main: Path) -> None:
    assert read(main)[PUBLIC] is None
    edit(main, "# site: {folder: /var/www/legal}", "site: {folder: legal}")
    edit(main, "public_before_effective: false", "public_before_effective: true")
    assert read(main)[PUBLIC] == frozenset()


def test_a_valid_register_that_would_break_an_order_is_held_back(main: Path) -> None:
    before = read(main)
    edit(main.parent / "authorities.yaml", "id: de-lg", "id: de-ag")
    after = read(main, before)
    assert "de-ag-beispielstadt" in after[REGISTER]
    assert after[ORDERS].definitions is before[ORDERS].definitions
    assert {problem.path.name for problem in after.problems} == {"DE-2026-0001.yaml"}
    assert str(main.parent / "authorities.yaml") in after.held_back
    assert str(main.parent / "services" / "zoom.yaml") in after.held_back
