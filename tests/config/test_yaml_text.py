from __future__ import annotations

from joinfence.config.yaml_text import dumped, round_trip


def test_data_as_people_write_it() -> None:
    assert (
        dumped({"a": [{"b": "ü: x", "c": "2026-11-01"}], "no": "NO"})
        == "a:\n  - b: 'ü: x'\n    c: '2026-11-01'\nno: NO\n"
    )


def test_comments_and_quotes_are_kept() -> None:
    text = '# first\na: "x"  # second\nb:\n  - y\n'
    assert dumped(round_trip().load(text)) == text
