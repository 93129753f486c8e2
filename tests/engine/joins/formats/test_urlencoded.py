from __future__ import annotations

import pytest

from joinfence.engine.joins.formats.urlencoded import field_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("room=a", ["a"], id="one"),
        pytest.param("room=a&x=1&room=b", ["a", "b"], id="every one, in order"),
        pytest.param("room", [""], id="a name without a value"),
        pytest.param("room=a=b", ["a=b"], id="the first equals sign divides"),
        pytest.param("%72oom=a", ["a"], id="the name is decoded"),
        pytest.param("room=a+b%20c", ["a b c"], id="plus and %20 are blanks"),
        pytest.param("room=%ff", ["\udcff"], id="no UTF-8: bytes are kept"),
        pytest.param("Room=a&rooms=b", [], id="other names"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_the_values_of_a_field(text: str, values: list[str]) -> None:
    assert field_values(text, "room") == values
