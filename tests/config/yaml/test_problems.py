from __future__ import annotations

from pathlib import Path

import pytest

from joinfence.config.yaml.problems import Collector, ConfigError, Problem, dotted, quote

A, B = Problem(Path("a.yaml"), 2, 1, "first"), Problem(Path("a.yaml"), 10, 1, "second")


def test_a_problem_is_formatted_like_a_compiler_error() -> None:
    assert str(A) == "a.yaml:2:1: first"


def test_an_error_lists_each_problem_once_in_file_order() -> None:
    error = ConfigError([B, A, B])
    assert error.problems == (A, B)
    assert str(error) == "a.yaml:2:1: first\na.yaml:10:1: second"


def test_a_collector_continues_after_an_error() -> None:
    def broken() -> int:
        raise ConfigError([A, B])

    collect = Collector()
    assert (collect.run(broken), collect.run(lambda: 7), collect.problems) == (None, 7, [A, B])


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("UK", '"UK"'),
        ("a\nb\x1b[2J", "\"'a\\nb\\x1b[2J'\""),
        ("x" * 100, '"' + "x" * 59 + '…"'),
        (None, "nothing"),
        (True, "true"),
        (12, "12"),
        ({"a": 1}, "a mapping"),
        ([1], "a list of 1"),
    ],
)
def test_a_value_is_quoted_short_and_printable(value: object, quoted: str) -> None:
    assert quote(value) == quoted


@pytest.mark.parametrize(
    ("loc", "text"), [((), ""), (("a",), "a"), (("a", 0, "b"), "a[0].b"), (("a", "b"), "a.b")]
)
def test_a_place_is_written_with_dots_and_brackets(loc: tuple[str | int, ...], text: str) -> None:
    assert dotted(loc) == text


def test_control_characters_in_a_file_name_are_escaped() -> None:
    assert str(Problem(Path("a\x1b[2J\nb.yaml"), 1, 2, "no")) == "a\\x1b[2J\\nb.yaml:1:2: no"
