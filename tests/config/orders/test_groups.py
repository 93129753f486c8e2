from __future__ import annotations

from joinfence.config.orders.groups import GROUPS, expanded
from joinfence.config.yaml.codes import countries


def test_each_group_has_its_members() -> None:
    assert (len(GROUPS["EU"]), len(GROUPS["EEA"])) == (27, 30)
    assert set(GROUPS["EEA"]) - set(GROUPS["EU"]) == {"IS", "LI", "NO"}
    assert set(GROUPS["EEA"]) <= countries() - {"GB", "CH"}


def test_a_group_is_replaced_by_its_members_and_each_code_is_listed_once() -> None:
    assert expanded(["CH", "EU", "DE", "CH"]) == ["CH", *GROUPS["EU"]]
    assert expanded(["DE-BY", 7, True]) == ["DE-BY", "7", "True"]
