"""Meeting ids in canonical form."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.normalise import STEP_NAMES, Step, canonical_forms, livekit_room, normalise

SLOT = "derive matrixrtc m.call#ROOM"


@pytest.mark.parametrize(
    ("chain", "text", "expected"),
    [
        ([], " As It Is ", " As It Is "),
        (["trim"], " room\t", "room"),
        (["casefold"], "STRAẞE", "strasse"),
        (["nfkc", "casefold"], "Ｒｏｏｍ", "room"),
        (["digits"], "987-6543 2101", "98765432101"),
        (["digits"], "٩٨٧", ""),
        (["digits"], "no number", ""),
        (["percent-decode"], "a%20b%FF%zz", "a b\udcff%zz"),
        (["nodeprep"], "Ro\u00adom", "room"),
        (["path-clean"], "/a//b/../c/./", "a/c"),
        (["path-clean"], "../..", ""),
        (["strip [^A-Za-z0-9_-]"], "my.room -x", "myroom-x"),
        ([r"strip [\]\[]"], "[a]", "a"),
        (['alias {"a": "b"}'], "a", "b"),
        (['alias {"a": "b"}'], "c", "c"),
        (['jid ["conference.{tenant}.x"]'], "room@conference.acme.x", "acme/room"),
        ([SLOT], "!abc:hs", "!abc:hs"),
    ],
)
def test_the_result_of_a_chain(chain: list[str], text: str, expected: str) -> None:
    assert normalise(text, map(Step, chain)) == expected


PLAIN = ["trim", "nfkc", "casefold", "nodeprep", "digits", "path-clean"]


@given(st.text(), st.lists(st.sampled_from(PLAIN)))
def test_plain_steps_are_idempotent(text: str, chain: list[str]) -> None:
    for name in chain:
        once = normalise(text, [Step(name)])
        assert normalise(once, [Step(name)]) == once


def test_a_step_is_text_that_can_be_stored_and_sent() -> None:
    step = Step.of("alias", {"ä": "b"})
    assert step == 'alias {"ä": "b"}'
    assert Step.of("strip", "[x]") == "strip [x]"
    assert Step(str(step)) == pickle.loads(pickle.dumps(step)) == step  # noqa: S301 - our own
    assert (Step.TRIM, Step.DIGITS) == ("trim", "digits")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lower", f"one of {', '.join(STEP_NAMES)}"),
        ("trim both", "trim takes no argument"),
        ("strip", "strip takes one class of characters"),
        ("strip a", "strip takes one class of characters"),
        ("strip [a", "strip takes one class of characters"),
        ("strip [z-a]", "strip takes one class of characters"),
        ("strip [a]*[b]", "strip takes one class of characters"),
        ("alias", "alias takes a table"),
        ('alias {"a": 1}', "alias takes a table"),
        ("alias []", "alias takes a table"),
        ("derive matrixrtc", "derive takes matrixrtc and a slot"),
        ("derive md5 x", "derive takes matrixrtc and a slot"),
    ],
)
def test_text_that_is_not_a_step_is_refused_with_a_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Step(text)


def test_the_livekit_room_of_a_matrix_room() -> None:
    # The test vector of MSC4195, "Hash derivation test vectors".
    assert livekit_room("!roomid:example.com", "slot123") == "AUDmNDQiVHmWYRE+rKBvieWX8AUSzepenuj6u+d/n9c"
    assert livekit_room("!<&>", "s") != livekit_room("!lt", "s")


def test_the_meeting_of_an_order_is_indexed_under_its_derived_forms_too() -> None:
    chain = (Step.TRIM, Step(SLOT))
    assert canonical_forms(" !a:hs ", chain) == ("!a:hs", livekit_room("!a:hs", "m.call#ROOM"))
    assert canonical_forms(" ", chain) == ("",)
    assert canonical_forms("a", (Step.TRIM,)) == ("a",)
