"""YAML 1.2 with positions: whatever YAML leaves to the parser is refused, never silently resolved."""

from __future__ import annotations

import io
import json
import os
import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from joinfence.config.yaml import document as module
from joinfence.config.yaml.document import LARGEST_FILE, MAX_DEPTH, Document, parse_document, read_document
from joinfence.config.yaml.problems import ConfigError

PATH = Path("x.yaml")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("territory: [NO]", {"territory": ["NO"]}, id="Norway"),
        pytest.param("a: off\nb: yes", {"a": "off", "b": "yes"}, id="YAML 1.1's booleans are text"),
        pytest.param("a: 2026-11-24", {"a": "2026-11-24"}, id="a date stays text"),
        pytest.param("a: 2026-11-24T00:00:00Z", {"a": "2026-11-24T00:00:00Z"}, id="an instant stays text"),
        pytest.param("a: 0123", {"a": 123}, id="no octal"),
        pytest.param("a: true\nb: ~\nc: 1.5", {"a": True, "b": None, "c": 1.5}, id="core schema"),
        pytest.param("---\na: 1\n", {"a": 1}, id="a document marker in front"),
        pytest.param(
            "# c: d\na: b: c".replace("b: c", '"b: c"'), {"a": "b: c"}, id="colons in text and comments"
        ),
        pytest.param("a: |\n  # no: comment\n", {"a": "# no: comment\n"}, id="a block text"),
        pytest.param("", None, id="an empty text"),
        pytest.param("- - - - a", [[[["a"]]]], id="a little nesting"),
        pytest.param("a: {b, c: 1}", {"a": {"b": None, "c": 1}}, id="a key without a colon"),
        pytest.param("a: !!str 1", {"a": "1"}, id="a core tag"),
        pytest.param(
            "[" * MAX_DEPTH + "]" * MAX_DEPTH,
            json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH),
            id="as deep as allowed",
        ),
    ],
)
def test_a_document_is_yaml_1_2(text: str, data: object) -> None:
    assert parse_document(PATH, text).data == data


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param(
            "a: 1\nb: 2\na: 3\n",
            ['x.yaml:3:1: the key "a" is repeated (first on line 1); keep one'],
            id="block",
        ),
        pytest.param(
            "a: {b: 1, b: 2}",
            ['x.yaml:1:11: the key "b" is repeated (first on line 1); keep one'],
            id="flow",
        ),
        pytest.param(
            '{"a":1,"a":2}',
            ['x.yaml:1:8: the key "a" is repeated (first on line 1); keep one'],
            id="JSON",
        ),
        pytest.param(
            "- a: 1\n  'a': 2",
            ['x.yaml:2:3: the key "a" is repeated (first on line 1); keep one'],
            id="in a list",
        ),
        pytest.param(
            "a: &x [1]\nb: *x",
            [
                "x.yaml:1:4: anchors and aliases are not allowed; write the value out",
                "x.yaml:2:4: anchors and aliases are not allowed; write the value out",
            ],
            id="alias",
        ),
        pytest.param(
            "a: 1\n---\nb: 2",
            [
                "x.yaml:2:1: found another document, expected one per file; remove it, or move it to a separate file"
            ],
            id="two documents",
        ),
        pytest.param(
            "? [a]\n: 1",
            ["x.yaml:1:3: found a list or mapping as a key, expected plain text"],
            id="a list as a key",
        ),
        pytest.param(
            "a: b: c", ["x.yaml:1:5: is not YAML: mapping values are not allowed here"], id="not YAML"
        ),
        pytest.param("[" * 40, [f"x.yaml:1:33: nested deeper than {MAX_DEPTH} levels"], id="deep brackets"),
        pytest.param(
            "[" * 33 + "]" * 33, [f"x.yaml:1:33: nested deeper than {MAX_DEPTH} levels"], id="a deep list"
        ),
        pytest.param(
            "{a, b: 1, b: 2}",
            ['x.yaml:1:11: the key "b" is repeated (first on line 1); keep one'],
            id="beside a key without a colon",
        ),
        pytest.param(
            "{[a]: 1}",
            ["x.yaml:1:2: found a list or mapping as a key, expected plain text"],
            id="a list as a key in braces",
        ),
        pytest.param(
            "[{a: 1} : 1]",
            ["x.yaml:1:2: found a list or mapping as a key, expected plain text"],
            id="a mapping as a key",
        ),
        pytest.param(
            "{[a] # b\n  # c\n : 1}",
            ["x.yaml:3:2: is not YAML: expected ',' or '}', but got ':'"],
            id="a list as a key with comments behind it",
        ),
        pytest.param(
            "a: !!binary aGk=",
            ["x.yaml:1:4: only the core schema's tags are allowed; write the value without a tag"],
            id="a tag",
        ),
        pytest.param(
            "!own a",
            ["x.yaml:1:1: only the core schema's tags are allowed; write the value without a tag"],
            id="a tag of one's own on everything",
        ),
        pytest.param(
            "a: \x07",
            ["x.yaml:1:1: is not YAML: unacceptable character #x0007: special characters are not allowed"],
            id="control",
        ),
    ],
)
def test_what_yaml_leaves_to_the_parser_is_refused_with_its_position(text: str, messages: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_document(PATH, text)
    assert [str(problem) for problem in caught.value.problems] == messages


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- " * 100_000 + "a", id="dashes"),
        pytest.param("- ? " * 100_000, id="dashes and question marks"),
        pytest.param("[" * 100_000, id="brackets"),
        pytest.param("{a: " * 100_000, id="braces"),
        pytest.param("? " * 100_000, id="question marks"),
        pytest.param("a:\n" + "".join(" " * n + "a:\n" for n in range(1, 1200)), id="indentation"),
        pytest.param(
            "a: &a [x]\n" + "".join(f"a{n}: &a{n} [*a,*a]\n" for n in range(1000)), id="an alias bomb"
        ),
    ],
)
def test_hostile_nesting_is_refused_without_a_crash(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_document(PATH, text[:LARGEST_FILE])


def documents(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    scalars = st.one_of(st.booleans(), st.none(), st.integers(-1000, 1000), texts)
    keys = st.text(string.ascii_lowercase, min_size=1, max_size=5)
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=12,
    )


@given(documents(st.from_regex(r"[A-Za-z]{1,5}( [A-Za-z]{1,5}){0,2}", fullmatch=True)))
def test_both_parsers_agree_on_plain_style(data: Any) -> None:
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump({"root": data}, out)
    assert parse_document(PATH, out.getvalue()).data == {"root": data}


@given(documents(st.text(string.printable, max_size=12)))
def test_quoted_text_is_read_unchanged(data: Any) -> None:
    assert parse_document(PATH, json.dumps({"root": data}, indent=1)).data == {"root": data}


DOCUMENT = parse_document(PATH, "a:\n  b: [1, {c: 2}]\n  d: x\n")


@pytest.mark.parametrize(
    ("loc", "at_key", "position"),
    [
        (("a", "b", 0), False, "2:7"),
        (("a", "b", 1, "c"), False, "2:14"),
        (("a", "b", 1, "c"), True, "2:11"),
        (("a", "missing"), False, "2:3"),
        (("a", "b", 9), False, "2:6"),
        (("a", "d", "deeper"), False, "3:6"),
        ((), False, "1:1"),
        ((), True, "1:1"),
    ],
)
def test_a_place_has_a_line_and_a_column(loc: tuple[str | int, ...], at_key: bool, position: str) -> None:
    assert str(DOCUMENT.problem(loc, "m", at_key=at_key)).startswith(f"x.yaml:{position}: ")


def test_any_place_in_an_empty_document_is_its_start() -> None:
    assert str(Document(PATH, "", None).problem(("a",), "m")) == "x.yaml:1:1: a: m"


@pytest.mark.parametrize(
    ("error", "position"),
    [("while parsing, did not find content at byte 7 line 1 column 3", "1:3"), ("no position in it", "1:1")],
)
def test_text_that_only_the_slow_parser_accepts_is_reported_with_its_position(
    monkeypatch: pytest.MonkeyPatch, error: str, position: str
) -> None:
    def refuse(_text: str) -> None:
        raise ValueError(error)

    monkeypatch.setattr("joinfence.config.yaml.document.yaml12.parse_yaml", refuse)
    with pytest.raises(ConfigError) as caught:
        parse_document(PATH, "a: 1")
    assert str(caught.value) == (
        f"x.yaml:{position}: cannot be read as YAML 1.2 from here on; put text with special characters in quotes"
    )


def message_of(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_document(path)
    return str(caught.value).removeprefix(str(path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "a.yaml"
    assert message_of(missing) == (
        ":1:1: cannot be read: No such file or directory; check the path and its permissions"
    )
    assert message_of(tmp_path).startswith(":1:1: cannot be read: Is a directory")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "a.yaml"
    large.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert message_of(large) == ":1:1: is larger than 1 MiB; split it, or check that it is the right file"


def test_text_in_another_encoding_is_reported_with_its_line(tmp_path: Path) -> None:
    latin = tmp_path / "a.yaml"
    latin.write_bytes(b"a: 1\nb: \xe9\n")
    assert message_of(latin) == ":2:1: is not UTF-8 text; save it as UTF-8"


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    marked = tmp_path / "a.yaml"
    marked.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(marked).data == {"a": 1}


# -- pipes, devices and other unsuitable files; files that change while they are read ----------------

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def bomb(path: Path) -> None:
    path.write_text(BOMB, encoding="utf-8")


def hundred_megabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100 << 20)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            hundred_megabytes,
            ":1:1: is larger than 1 MiB; split it, or check that it is the right file",
            id="100 MB",
        ),
        pytest.param(
            lambda path: path.symlink_to(path),
            ":1:1: cannot be read: Too many levels of symbolic links; check the path and its permissions",
            id="a loop of links",
        ),
        pytest.param(
            os.mkfifo,
            ":1:1: is a pipe or device, not a file; check the path",
            id="a pipe that nobody writes to",
        ),
        pytest.param(
            lambda path: path.symlink_to("/dev/zero"),
            ":1:1: is a pipe or device, not a file; check the path",
            id="an endless device",
        ),
        pytest.param(
            lambda path: path.mkdir(),
            ":1:1: cannot be read: Is a directory; check the path and its permissions",
            id="a folder",
        ),
    ],
)
def test_an_unsuitable_file_is_reported_without_blocking(tmp_path: Path, make: Any, message: str) -> None:
    path = tmp_path / "x.yaml"
    make(path)
    assert message_of(path) == message


def test_every_alias_in_an_alias_bomb_is_reported_and_none_is_expanded(tmp_path: Path) -> None:
    bomb(tmp_path / "x.yaml")
    with pytest.raises(ConfigError) as caught:
        read_document(tmp_path / "x.yaml")
    assert {problem.message for problem in caught.value.problems} == {
        "anchors and aliases are not allowed; write the value out"
    }
    assert len(caught.value.problems) == 9 + 8 * 9


def test_a_file_without_read_permission_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1", encoding="utf-8")
    path.chmod(0)
    nobody, me = 65534, os.geteuid()
    if me == 0:  # who may read everything
        os.seteuid(nobody)
    try:
        assert message_of(path) == (
            ":1:1: cannot be read: Permission denied; check the path and its permissions"
        )
    finally:
        os.seteuid(me)


def written_while_read(path: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Edit the file between the reader's two calls of fstat, in as many readings as `times` says."""
    calls = 0
    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        nonlocal calls
        calls += 1
        if calls % 2 == 0 and calls // 2 <= times:
            path.write_text(f"a: {'x' * calls}", encoding="utf-8")
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", fstat)


def test_a_file_that_is_written_to_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1", encoding="utf-8")
    written_while_read(path, monkeypatch, 2)
    assert read_document(path).data == {"a": "xxxx"}


def test_a_file_that_changes_during_every_reading_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1", encoding="utf-8")
    written_while_read(path, monkeypatch, 3)
    assert message_of(path) == (
        ":1:1: kept changing while it was read; replace it in one step, by renaming a new file over it"
    )


COMMENT_LINE = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
COLON = re.compile(r":(?=[\s,\[\]{}]|\Z)|[\"']\s*:")


@given(st.text(alphabet="a: \t\n#\"',[]{}\x0b\u00a0", max_size=60))
def test_colons_are_counted_as_one_regular_expression_would_count_them(text: str) -> None:
    assert module._count_colons(text) == len(COLON.findall(COMMENT_LINE.sub("", text)))
