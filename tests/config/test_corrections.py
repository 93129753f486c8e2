from __future__ import annotations

from datetime import date
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from joinfence.config.corrections import read_corrections
from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = "  - {{network: {network}, territory: PT, on: 2026-11-01, reason: Our office.}}\n"


def written(tmp_path: Path, *networks: str) -> Path:
    path = tmp_path / "corrections.yaml"
    entries = "".join(ENTRY.format(network=network) for network in networks)
    path.write_text(f"schema: corrections/1\ncorrections:\n{entries}", encoding="utf-8")
    return path


def test_the_table_is_keyed_by_network_with_mapped_ones_folded(tmp_path: Path) -> None:
    known = ("PT", date(2026, 11, 1))
    assert read_corrections(
        written(tmp_path, "192.0.2.0/24", '"::ffff:198.51.100.0/120"', '"2001:db8::/32"')
    ) == {
        ip_network("192.0.2.0/24"): known,
        ip_network("198.51.100.0/24"): known,
        ip_network("2001:db8::/32"): known,
    }


@pytest.mark.parametrize(
    ("networks", "message"),
    [
        (("192.0.2.1/24",), '3:15: corrections[0].network: found "192.0.2.1/24", expected a network without host '
         "bits; write 192.0.2.0/24"),
        (("meet.example",), '3:15: corrections[0].network: found "meet.example", expected a network such as '
         "10.0.0.0/8 or 2001:db8::/32, without names, zones or wildcards"),
        (("192.0.2.0/33",), '3:15: corrections[0].network: found "192.0.2.0/33", expected a network such as '
         "10.0.0.0/8 or 2001:db8::/32"),
        (("12",), "3:15: corrections[0].network: found 12, expected text; put it in quotes"),
        (("192.0.2.0/24", "192.0.2.0/24"), "4:15: corrections[1].network: 192.0.2.0/24 is listed twice; keep one"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_position(
    tmp_path: Path, networks: tuple[str, ...], message: str
) -> None:
    path = written(tmp_path, *networks)
    with pytest.raises(ConfigError) as caught:
        read_corrections(path)
    assert str(caught.value) == f"{path}:{message}"
