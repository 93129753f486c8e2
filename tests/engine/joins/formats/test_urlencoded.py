from __future__ import annotations

import pytest

from joinfence.engine.joins.formats.urlencoded import field_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("room=a", ["a"], id="one"),
        pytest.param("room=a&x=1&room=b", ["a", "b"], id="all, in order"),
        pytest.param("room", [""], id="a name without a value"),
        pytest.param("room=a=b", ["a=b"], id="only the first equals sign separates"),
        pytest.param("%72oom=a", ["a"], id="the name is decoded"),
        pytest.param("room=a+b%20c", ["a b c"], id="plus and %20 are spaces"),
        pytest.param("room=%ff", ["\udcff"], id="bytes that are not UTF-8 are kept"),
        pytest.param("Room=a&rooms=b", [], id="other names"),
        pytest.param("", [], id="empty"),
    ],
)
def test_the_values_of_a_field(text: str, values: list[str]) -> None:
    assert field_values(text, "room") == values
