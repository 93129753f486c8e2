from __future__ import annotations

from joinfence.cli.walk import _MARKS, walk_document, walk_sentences
from joinfence.engine.client.walk import MAX_SHOWN, Mark, WalkStep


def test_every_mark_is_named() -> None:
    assert set(_MARKS) == set(Mark)


def test_entries_are_escaped_and_shortened() -> None:
    steps = [
        WalkStep(b"a\x1b[2J\xff", Mark.STOP),
        WalkStep(None, Mark.UNREAD),
        WalkStep(b"x" * 500, Mark.UNREAD),
    ]
    assert walk_document(steps) == [
        {"entry": "a\\x1b[2J\xff", "mark": "stop"},
        {"entry": "(too long)", "mark": "unread"},
        {"entry": "x" * 99 + "…", "mark": "unread"},
    ]
    assert [(heading, text.plain) for heading, text in walk_sentences(steps[:2])] == [
        ("Entry 1", "stop    a\\x1b[2J\xff"),
        ("Entry 2", "unread  (too long)"),
    ]


def test_omitted_entries_are_mentioned() -> None:
    lines = walk_sentences([WalkStep(b"9.9.9.9", Mark.UNREAD)] * MAX_SHOWN)
    assert lines[-1][1].plain == "entries further to the left are not read"
