"""YAML 1.2 text to plain data, and a place in that data to its line and column.

Two readers with one outcome: a fast one for the data, and a slow one that knows positions and is asked
only about a text that has, or may have, a problem. The fast one reads what YAML leaves to the reader in
silence (repeated keys, further documents, aliases that multiply), so a text that could contain such a
thing is shown to the slow one first.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import yaml12
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from joinfence.config.yaml.problems import ConfigError, Problem, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

type Loc = tuple[str | int, ...]

LARGEST_FILE: Final = 1 << 20
DEEPEST: Final = 32
_MOST_READINGS: Final = 3

_ANCHOR_OR_ALIAS: Final = re.compile(r"(?:^|[\s\[{,:-])[&*]\S", re.MULTILINE)
_COMPLEX_KEY_OR_DOCUMENT: Final = re.compile(r"^\s*\?|[\[{,]\s*\?\s|^(?:---|\.\.\.)(?:\s|$)|^%", re.MULTILINE)
_MARKS: Final = ("?", "---", "...", "%")
_CONTROLS: Final = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
# One for each indicator: a pattern that begins with a known character is found in a third of the time.
_NESTED_INDICATORS: Final = tuple(re.compile(rf"\{first}[ \t]+[-?:][ \t]+[-?:][ \t]") for first in "-?:")
_COMMENT_LINE: Final = re.compile(r"\n[ \t]*#[^\n]*")
_COLON: Final = re.compile(r":(?=[\s,\[\]{}]|\Z)")
_COLON_AFTER_QUOTE: Final = re.compile(r"[\"']\s*:(?![\s,\[\]{}]|\Z)")
_PLACE: Final = re.compile(r"line (\d+) column (\d+)")


@dataclass(frozen=True)
class Document:
    """One YAML document: its plain data, and where each part of it stands in the file."""

    path: Path
    text: str = field(repr=False)
    data: object = field(repr=False)
    raw: bytes = field(default=b"", repr=False)

    def problem(self, loc: Loc, message: str, *, at_key: bool = False) -> Problem:
        """Return a problem at a place in the data, or at the nearest place around it that exists."""
        line, column = self._position(loc, at_key=at_key)
        place = dotted(loc)
        return Problem(self.path, line, column, f"{place}: {message}" if place else message)

    @cached_property
    def _root(self) -> Node | None:
        return YAML(typ="rt", pure=True).compose(self.text)  # type: ignore[no-any-return]

    def _position(self, loc: Loc, *, at_key: bool) -> tuple[int, int]:
        node, key = self._root, None
        for step in loc:
            child_key, child = _child(node, step)
            if child is None:
                break
            node, key = child, child_key
        mark = getattr(key if at_key and key is not None else node, "start_mark", None)
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node | None]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def read_document(path: Path, *, largest: int = LARGEST_FILE) -> Document:
    """Return the document in a file. Raises ConfigError: unreadable, too large, or not one plain document."""
    raw = read_bytes(path, largest + 1)
    if len(raw) > largest:
        raise _failure(
            path, f"is larger than {largest >> 20} MiB; split it, or check that it is the right file"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _failure(path, "is not UTF-8 text; save it as UTF-8", line) from None
    return parse_document(path, text, raw)


def read_bytes(path: Path, most: int) -> bytes:
    """Return the beginning of a file: all of it, if it is not longer. Raises ConfigError.

    A file that is written to meanwhile is read again, so that no half of an edit is taken for the whole.
    """
    try:
        for _ in range(_MOST_READINGS):
            with open(path, "rb", buffering=0, opener=open_without_waiting) as file:
                before = os.fstat(file.fileno())
                if not stat.S_ISREG(before.st_mode):
                    raise _failure(path, "is no file but a pipe or device; check the path")
                raw = file.read(min(most, before.st_size))  # room for `most` is slow to get
                after = os.fstat(file.fileno())
            if (len(raw), before.st_mtime_ns) == (min(most, after.st_size), after.st_mtime_ns):
                return raw
    except OSError as error:
        raise _failure(
            path, f"cannot be read: {error.strerror}; check the path and its permissions"
        ) from None
    raise _failure(path, "was written to each time it was read; write it anew in one go, by renaming")


def open_without_waiting(path: str, flags: int) -> int:
    """Return a descriptor, as an opener for `open` does; a pipe is not waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def parse_document(path: Path, text: str, raw: bytes = b"") -> Document:
    """Return the document in a text, with the bytes that it was read from. Raises ConfigError."""
    if not _surely_plain(text):
        _check_slowly(path, text)
    try:
        data: object = yaml12.parse_yaml(text)
    except ValueError as error:
        _check_slowly(path, text)
        # The readers differ on some texts that end in a special character; quotes say what is meant.
        place = _PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        message = "cannot be read as YAML 1.2 from here on; put texts with special characters in quotes"
        raise ConfigError([Problem(path, line, column, message)]) from None
    if _count_pairs(data) != _count_colons(text):
        _check_slowly(path, text)
    return Document(path, text, data, raw)


def _surely_plain(text: str) -> bool:
    # A text without any of the characters a pattern begins with need not be searched: most orders.
    return not (
        (("&" in text or "*" in text) and _ANCHOR_OR_ALIAS.search(text))
        or (any(mark in text for mark in _MARKS) and _COMPLEX_KEY_OR_DOCUMENT.search(text))
        or any(nested.search(text) for nested in _NESTED_INDICATORS)
        or _has_controls(text.encode("utf-8", "surrogatepass"))
    )


def _has_controls(raw: bytes) -> bool:
    return len(raw.translate(None, _CONTROLS)) < len(raw)


def _count_colons(text: str) -> int:
    """Count the colons that can end a key (before a blank or bracket, after a quote), not in comments."""
    if "#" in text:
        text = _COMMENT_LINE.sub("", f"\n{text}")
    found = len(_COLON.findall(text))
    # A pattern of its own: together they take three times as long.
    return found + len(_COLON_AFTER_QUOTE.findall(text)) if '"' in text or "'" in text else found


def _count_pairs(data: object) -> int:
    """Count mapping entries; a repeated key leaves fewer of them than the text has colons.

    Below DEEPEST levels nothing is counted, so that such a text does not look plain.
    """
    total, level = 0, [data]
    for _ in range(DEEPEST):
        below: list[object] = []
        for node in level:
            if isinstance(node, dict):
                total += len(node)
                below += node.values()
            elif isinstance(node, list):
                below += node
        level = below
    return total


def _check_slowly(path: Path, text: str) -> None:
    """Raise ConfigError if the text is not one plain document: repeated keys, aliases, tags, depth."""
    try:
        problems = list(_irregularities(path, text))
        if not problems:
            problems = list(_repeated_keys(path, YAML(typ="rt", pure=True).compose(text)))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}"
        problems = [
            Problem(path, mark.line + 1, mark.column + 1, message) if mark else _at_top(path, message)
        ]
    except (YAMLError, RecursionError) as error:
        problems = [_at_top(path, f"is not YAML: {str(error).splitlines()[0]}")]
    if problems:
        raise ConfigError(problems)


def _irregularities(path: Path, text: str) -> Iterator[Problem]:
    depth = documents = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        message = None
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            message = "anchors and aliases are not allowed; write the value out"
        elif isinstance(event, DocumentStartEvent):
            documents += 1
            message = "one document is expected; remove this one, or give it a file of its own"
            message = message if documents > 1 else None
        elif isinstance(event, CollectionStartEvent):
            depth += 1
            message = f"nested deeper than {DEEPEST} levels" if depth > DEEPEST else None
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if message:
            yield Problem(path, event.start_mark.line + 1, event.start_mark.column + 1, message)
            if depth > DEEPEST:
                return


def _repeated_keys(path: Path, root: Node | None) -> Iterator[Problem]:
    todo: list[Any] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, SequenceNode):
            todo += node.value
        elif isinstance(node, MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                todo.append(value)
                line = key.start_mark.line + 1
                if not isinstance(key.value, str):
                    message = "a key is plain text"
                elif key.value in seen:
                    message = (
                        f'the key "{key.value}" stands here again (first in line {seen[key.value]}); keep one'
                    )
                else:
                    seen[key.value] = line
                    continue
                yield Problem(path, line, key.start_mark.column + 1, message)


def _at_top(path: Path, message: str) -> Problem:
    return Problem(path, 1, 1, message)


def _failure(path: Path, message: str, line: int = 1) -> ConfigError:
    return ConfigError([Problem(path, line, 1, message)])
