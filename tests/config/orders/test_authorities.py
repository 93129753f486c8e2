from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.orders.authorities import read_authorities
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.order import Authority
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path


def test_the_register_is_keyed_by_id(tmp_path: Path) -> None:
    register = read_authorities(copy_configs(tmp_path).parent / "authorities.yaml")
    assert sorted(register) == ["de-lg-beispielstadt", "nl-kansspel-voorbeeld", "pt-consumidor-exemplo"]
    assert register["de-lg-beispielstadt"] == Authority(
        id="de-lg-beispielstadt",
        name={"de": "Landgericht Beispielstadt", "en": "Regional Court of Beispielstadt"},
        kind="court",
        competence=("DE",),
        official_url="https://lg-beispielstadt.example/",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("competence: [DE]", "competence: [UK]", ':10:18: authorities[0].competence[0]: found "UK", expected an ISO '
         "3166-1 alpha-2 or ISO 3166-2 code; UK: write GB"),
        ("kind: court", "kind: parliament", ':9:11: authorities[0].kind: found "parliament", expected court, '
         "administrative or regulator"),
        ("id: pt-consumidor-exemplo", "id: de-lg-beispielstadt", ':18:9: authorities[1].id: "de-lg-beispielstadt" '
         "is listed twice; give each authority its own id"),
        ("by_role: legal\n      how: Called", "how: Called", ":13:7: authorities[0].verified.by_role: is missing; "
         "expected the role of the person who verified it, such as legal"),
        ("competence: [DE]", "competence: [DE, DE]", ":10:22: authorities[0].competence[1]: DE is listed twice; keep one"),
        ("next_check: 2027-10-05", "next_check: 2026-10-05", ":16:19: authorities[0].verified.next_check: 2026-10-05 is "
         "not after `on`; check both dates"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_position(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = copy_configs(tmp_path).parent / "authorities.yaml"
    edit(path, old, new)
    with pytest.raises(ConfigError) as caught:
        read_authorities(path)
    assert str(caught.value).removeprefix(str(path)) == message
