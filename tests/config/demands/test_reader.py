from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.demands.reader import read_demands
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from tests.config_files import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

REGISTER = {"de-lg-beispielstadt"}
FIRST = "{id: D-2026-0001, authority: de-lg-beispielstadt, received_at: 2026-11-06T09:30:00+01:00"
DECIDED = f"{FIRST}, decided_at: 2026-11-07T00:00:00Z"


def written(tmp_path: Path, demands: str = "[]", more: str = "") -> Path:
    path = tmp_path / "demands.yaml"
    path.write_text(f"schema: demands/1\ndemands: {demands}\n{more}", encoding="utf-8")
    return path


def problems(path: Path, **arguments: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        read_demands(path, REGISTER, **arguments)
    return str(caught.value).replace(f"{path}:", "")


def test_a_register_that_follows_the_rules_is_read(tmp_path: Path) -> None:
    demands = f"[{DECIDED}, decision: accepted, order: DE-2026-0001}}]"
    assert read_demands(written(tmp_path, demands), REGISTER).demands[0].order == "DE-2026-0001"


def test_the_shipped_register_follows_the_rules() -> None:
    register = read_authorities(SHIPPED / "reports" / "authorities.yaml")
    assert len(read_demands(SHIPPED / "reports" / "demands.yaml", register).demands) == 9


@pytest.mark.parametrize(
    ("demands", "message"),
    [
        (f"[{FIRST}}}, {FIRST}}}]", "demands[1].id: D-2026-0001 is listed twice; keep one"),
        (f"[{FIRST.replace('de-lg-beispielstadt', 'de-ag')}}}]", 'demands[0].authority: found "de-ag", expected the '
         "id of an authority in the register; for any other sender, use `sender` instead"),
        (f"[{FIRST}, acknowledged_at: 2026-11-06T08:29:59Z}}]", "demands[0].acknowledged_at: is before received_at; "
         "check both"),
        (f"[{FIRST}, contested: [{{by: host, on: 2026-11-05, outcome: pending}}]}}]", "demands[0].contested[0].on: is "
         "before received_at; check both"),
        (f"[{FIRST}, decision: withdrawn}}]", "demands[0].decision: is given without `decided_at`; give both or neither"),
        (f"[{DECIDED}}}]", "demands[0].decided_at: is given without `decision`; give both or neither"),
        (f"[{DECIDED}, decision: accepted}}]", "demands[0].decision: `order` is missing; expected the id of the order it became"),
        (f"[{FIRST}, order: DE-2026-0001}}]", "demands[0].order: is allowed only if the decision is accepted or "
         "narrowed; remove it, or correct the decision"),
        (f"[{DECIDED}, decision: rejected}}]", "demands[0].decision: `reasons` is missing; expected a list of what was wrong with "
         "the demand"),
        (f"[{FIRST}, reasons: [no_end]}}]", "demands[0].reasons: are allowed only if the decision is narrowed or "
         "rejected; remove them, or correct the decision"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_reported_with_its_position(tmp_path: Path, demands: str, message: str) -> None:
    found = problems(written(tmp_path, demands))
    assert found.startswith("2:")
    assert message in found


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("complaints: [{received_on: 2026-11-01, answered_on: 2026-11-02}]", "3:14: complaints[0]: found one of `answered_on` and "
         "`outcome`; give both or neither"),
        ("complaints: [{received_on: 2026-11-03, answered_on: 2026-11-02, outcome: corrected}]", "3:53: complaints[0]"
         ".answered_on: is before received_on; check both"),
    ],
)  # fmt: skip
def test_a_broken_rule_in_a_complaint_is_reported(tmp_path: Path, more: str, message: str) -> None:
    assert message in problems(written(tmp_path, more=more))


STATED = "{{half_year: {}, signed_by: counsel, signed_on: {}, only_status_451: true, no_data_given: true, no_secret_order: true, no_meeting_ended: false}}"


@pytest.mark.parametrize(
    ("half_year", "signed_on", "is_over"),
    [
        ("2026-H1", "2026-07-01", True),
        ("2026-H1", "2026-06-30", False),
        ("2026-H2", "2027-01-01", True),
        ("2026-H2", "2026-12-31", False),
    ],
)
def test_a_statement_is_signed_after_its_half_year(
    tmp_path: Path, half_year: str, signed_on: str, *, is_over: bool
) -> None:
    path = written(tmp_path, more=f"statements: [{STATED.format(half_year, signed_on)}]")
    if is_over:
        assert read_demands(path, REGISTER).statements[0].no_meeting_ended is False
    else:
        assert (
            f"signed_on: is before the end of {half_year}; only a half-year that is over can be signed"
            in problems(path)
        )


def test_a_half_year_has_one_statement(tmp_path: Path) -> None:
    stated = STATED.format("2026-H1", "2026-07-01")
    found = problems(written(tmp_path, more=f"statements: [{stated}, {stated}]"))
    assert "statements[1].half_year: 2026-H1 is listed twice; keep one" in found


ORDER = validate(OrderFile, read_document(SHIPPED / "orders" / "DE-2026-0001.yaml"))


@pytest.mark.parametrize(
    ("demands", "message"),
    [
        (f"[{DECIDED}, decision: accepted, order: DE-2026-0001}}, {FIRST.replace('-0001', '-0002')}}}]", None),
        (f"[{DECIDED}, decision: accepted, order: DE-2026-0009}}]", "demands[0].order: the file of DE-2026-0009 is "
         "missing; if it was archived, pass its path with --archive"),
        (f"[{DECIDED.replace('09:30', '09:31')}, decision: accepted, order: DE-2026-0001}}]", "demands[0].order: "
         "DE-2026-0001 has another authority or received_at; correct the one that is wrong"),
    ],
)  # fmt: skip
def test_a_demand_agrees_with_the_order_it_became(tmp_path: Path, demands: str, message: str | None) -> None:
    path = written(tmp_path, demands)
    if message is None:
        assert len(read_demands(path, REGISTER, [ORDER]).demands) == 2
    else:
        assert message in problems(path, orders=[ORDER])
