"""JIDs of rooms: those that servers treat as the same room yield the same meeting."""

from __future__ import annotations

import json
import re
import stringprep
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.jids import _MAPPED_TO_NOTHING, MAX_NODE_CHARACTERS, jid_step, nodeprep

DOMAINS = json.dumps(
    ["conference.v{number}.meet.example", "conference.{tenant}.meet.example", "conference.meet.example"]
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Room", "room"),
        ("ｒｏｏｍ", "room"),
        ("ro\u00ado\u200bm", "room"),
        ("\u212aitchen", "kitchen"),
        ("STRAẞE", "strasse"),
        ("é", "é"),
        ("e\u0301", "é"),
        ("ΣΑΣ", "σασ"),
        ("", ""),
        ("é" + "\u00ad" * 10_000, "é"),
        ("É" * (MAX_NODE_CHARACTERS + 1), "É" * (MAX_NODE_CHARACTERS + 1)),
    ],
)
def test_nodeprep_folds_different_spellings(text: str, folded: str) -> None:
    assert nodeprep(text) == folded


def test_the_characters_removed_are_those_of_table_b_1() -> None:
    table = {code for code in range(sys.maxunicode + 1) if stringprep.in_table_b1(chr(code))}
    assert table == set(_MAPPED_TO_NOTHING)


@given(st.text(max_size=20))
def test_nodeprep_is_idempotent(text: str) -> None:
    once = nodeprep(text)
    assert nodeprep(once) == once


@pytest.mark.parametrize(
    ("jid", "meeting"),
    [
        ("room@conference.meet.example", "room"),
        ("room@conference.meet.example/nick@x/y", "room"),
        ("room@CONFERENCE.meet.example.", "room"),
        ("room@conference.acme.meet.example", "acme/room"),
        ("room@conference.v12.meet.example", "room"),
        ("[acme]room@conference.meet.example", "acme/room"),
        ("room@elsewhere", "room"),
        ("room", "room"),
        ("acme/room", "acme/room"),
        ("a@b@c", "a"),
        ("[]room@x", "[]room"),
    ],
)
def test_the_meeting_of_a_jid(jid: str, meeting: str) -> None:
    assert jid_step(DOMAINS)(jid) == meeting


@pytest.mark.parametrize(
    "argument", ["", "{}", "[1]", '["a..b"]', '["{tenant}.{tenant}"]', '["{other}.x"]', '["A"]']
)
def test_anything_but_a_list_of_domains_is_refused_with_a_sentence(argument: str) -> None:
    with pytest.raises(ValueError, match=re.escape("jid takes a list of domains")):
        jid_step(argument)
