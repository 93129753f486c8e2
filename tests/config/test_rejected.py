"""The file of rejected demands is read whole, with every problem told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.problems import ConfigError
from joinfence.config.rejected import read_rejected
from tests.config_files import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """  - id: R-2026-0001
    received_on: 2026-10-20
    decided_on: 2026-10-22
    sender: {en: Ministry}
    country: US
    grounds: [no_end]
"""


def read(folder: Path, entries: str) -> object:
    path = folder / "rejected.yaml"
    path.write_text(f"schema: rejected/1\nrejected:\n{entries}", encoding="utf-8")
    return read_rejected(path)


def test_the_shipped_file_is_read() -> None:
    (entry,) = read_rejected(SHIPPED / "rejected.yaml")
    assert (entry.id, entry.grounds) == ("R-2026-0001", ["outside_competence", "no_end"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("no_end", "rude", 'rejected[0].grounds[0]: found "rude"', id="an unknown ground"),
        pytest.param("[no_end]", "[]", "a list of no_authority, not_authentic", id="no ground"),
        pytest.param(
            "2026-10-22", "2026-10-19", "rejected[0].decided_on: is before received_on", id="days swapped"
        ),
        pytest.param("US", "UK", "write GB", id="a wrong code"),
        pytest.param("R-2026-0001", "r1", "capital letters, digits and hyphens", id="a wrong id"),
        pytest.param("{en: Ministry}", "{}", "language -> who demanded it", id="nobody"),
    ],
)
def test_a_mistake_is_told_in_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    with pytest.raises(ConfigError) as error:
        read(tmp_path, ENTRY.replace(old, new))
    assert message in str(error.value)


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'rejected\[1\]\.id: "R-2026-0001" stands twice'):
        read(tmp_path, ENTRY * 2)
