from __future__ import annotations

import pytest
import yaml12

from joinfence.config.yaml.writer import dumped, round_trip


def test_data_is_written_in_block_style() -> None:
    assert (
        dumped({"a": [{"b": "ü: x", "c": "2026-11-01"}], "no": "NO"})
        == "a:\n  - b: 'ü: x'\n    c: '2026-11-01'\nno: NO\n"
    )


def test_a_round_trip_keeps_comments_and_quotation_marks() -> None:
    text = '# first\na: "x"  # second\nb:\n  - y\n'
    assert dumped(round_trip().load(text)) == text


@pytest.mark.parametrize(
    "text", ["\xa0", "\xa0a", "a\u2003", "\x85", "a\x85b", "a\u2028b", "\u2029", " a", "a ", "a\n", ""]
)
def test_blanks_and_line_breaks_that_readers_differ_on_come_back(text: str) -> None:
    data = {"id": text, "list": [{"id": text}]}
    assert yaml12.parse_yaml(dumped(data)) == data
