"""The node in one element of a Forwarded header. The public test vectors run in test_headers.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.forwarded_element import node_of
from joinfence.engine.values import Flaw, Withheld


@pytest.mark.parametrize(
    ("element", "node"),
    [
        (b'host="a;b=c, d";for=9.9.9.9', b"9.9.9.9"),
        (b'host="a\\"b";FOR="9.9.9.9"', b"9.9.9.9"),
        (b"for=9.9.9.9 ;\tproto=https;;", b"9.9.9.9"),
        ('host="\xe9";for=9.9.9.9'.encode("latin-1"), b"9.9.9.9"),
        (b"", Flaw.EMPTY),
        (b";;", Withheld.NO_FOR_PARAMETER),
        (b"for=1.1.1.1;For=9.9.9.9", Flaw.DUPLICATE_PARAMETER),
        (b'for=9.9.9.9;host="a', Flaw.UNTERMINATED_QUOTE),
        (b'for="9.9.9.9\\"', Flaw.UNTERMINATED_QUOTE),
        (b"for=9.9.9.9;host=a\nb", Flaw.BAD_VALUE),
        (b"for\t=9.9.9.9", Flaw.BAD_PAIR),
    ],
    ids=repr,
)
def test_the_node_of_an_element_or_what_is_wrong(element: bytes, node: bytes | Flaw | Withheld) -> None:
    assert node_of(element) == node


@given(st.binary(max_size=80))
def test_parsing_never_raises(element: bytes) -> None:
    node_of(element)
