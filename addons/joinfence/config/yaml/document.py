"""YAML 1.2 text to plain data, and any place in that data to its line and column.

Two parsers read the same text. yaml12 is fast but reports no positions, and it silently accepts what YAML
leaves to the parser: repeated keys, several documents in one file, aliases that expand without limit.
ruamel.yaml reports positions and lets us refuse all of these, but it is far slower. A folder may hold a
hundred thousand orders, so the slow parser runs only when it has to:

1. Before the fast parser, if the text contains characters that could belong to an anchor, an alias, a tag, a
   directive, a second document, a complex key or deep nesting (`_may_be_irregular`). These are plain text
   searches, so they also suspect harmless texts.
2. After it, if the parsed data has fewer mapping entries than the text has colons that could end a key: a
   repeated key leaves fewer. Colons inside quoted text also count, so this too suspects harmless texts.
3. If the fast parser fails, to report what is wrong and where.
4. When a problem found later in the data needs its line and column. The tree of nodes is composed once for
   each document, on first use.
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

type Violation = tuple[Loc, str]
"""The place of a broken rule in a document, and what is wrong with it."""

LARGEST_FILE: Final = 1 << 20
MAX_DEPTH: Final = 32
_READ_ATTEMPTS: Final = 3

_ANCHOR_OR_ALIAS: Final = re.compile(r"(?:^|[\s\[{,:-])[&*]\S", re.MULTILINE)
_COMPLEX_KEY_OR_DOCUMENT: Final = re.compile(r"^\s*\?|[\[{,]\s*\?\s|^(?:---|\.\.\.)(?:\s|$)|^%", re.MULTILINE)
_MARKS: Final = ("?", "---", "...", "%")
_TAG: Final = re.compile(r"(?:^|[\s\[{,:?-])!", re.MULTILINE)
_COLLECTION_KEYS: Final = tuple(re.compile(rf"\{end}\s*(?:#[^\n]*\n\s*)*:") for end in "]}")
_CONTROLS: Final = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
# One pattern per indicator: searching is three times as fast if a pattern begins with a fixed character.
_NESTED_INDICATORS: Final = tuple(re.compile(rf"\{first}[ \t]+[-?:][ \t]+[-?:][ \t]") for first in "-?:")
_COMMENT_LINE: Final = re.compile(r"\n[ \t]*#[^\n]*")
_CORE_TAGS: Final = {
    None,
    *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")),
}
_COLON: Final = re.compile(r":(?=[\s,\[\]{}]|\Z)")
_COLON_AFTER_QUOTE: Final = re.compile(r"[\"']\s*:(?![\s,\[\]{}]|\Z)")
_PLACE: Final = re.compile(r"line (\d+) column (\d+)")


@dataclass(frozen=True)
class Document:
    """One YAML document: its plain data, and the position of each part of it in the file."""

    path: Path
    text: str = field(repr=False)
    data: object = field(repr=False)
    raw: bytes = field(default=b"", repr=False)

    def problem(self, loc: Loc, message: str, *, at_key: bool = False) -> Problem:
        """Return a problem at a place in the data, or at the nearest enclosing place that exists."""
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
    """Return the document in a file.

    Raises ConfigError if the file is unreadable or too large, or is not a single plain YAML document.
    """
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
    """Return at most the first `most` bytes of a file. Raises ConfigError.

    A file that is written to in the meantime is read again, so that half an edit is never taken for a whole.
    """
    try:
        for _ in range(_READ_ATTEMPTS):
            with open(path, "rb", buffering=0, opener=open_without_waiting) as file:
                before = os.fstat(file.fileno())
                if not stat.S_ISREG(before.st_mode):
                    raise _failure(path, "is a pipe or device, not a file; check the path")
                raw = file.read(min(most, before.st_size))  # allocating `most` bytes each time is slow
                after = os.fstat(file.fileno())
            if (len(raw), before.st_mtime_ns) == (min(most, after.st_size), after.st_mtime_ns):
                return raw
    except OSError as error:
        raise _failure(
            path, f"cannot be read: {error.strerror}; check the path and its permissions"
        ) from None
    raise _failure(
        path, "kept changing while it was read; replace it in one step, by renaming a new file over it"
    )


def open_without_waiting(path: str, flags: int) -> int:
    """Return a file descriptor, as an `opener` for `open`. Does not block on a pipe that has no writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def parse_document(path: Path, text: str, raw: bytes = b"") -> Document:
    """Return the document in a text, with the bytes it was read from. Raises ConfigError."""
    if _may_be_irregular(text):
        _check_strictly(path, text)
    try:
        data: object = yaml12.parse_yaml(text)
    except ValueError as error:
        _check_strictly(path, text)
        # The slow parser found nothing: the two disagree on a few texts that end in a special character.
        place = _PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        message = "cannot be read as YAML 1.2 from here on; put text with special characters in quotes"
        raise ConfigError([Problem(path, line, column, message)]) from None
    if _count_pairs(data) != _count_colons(text):
        _check_strictly(path, text)
    return Document(path, text, data, raw)


def _may_be_irregular(text: str) -> bool:
    # Most orders contain none of the characters the patterns begin with, and `in` is faster than a search.
    return bool(
        (("&" in text or "*" in text) and _ANCHOR_OR_ALIAS.search(text))
        or (any(mark in text for mark in _MARKS) and _COMPLEX_KEY_OR_DOCUMENT.search(text))
        or ("!" in text and _TAG.search(text))
        or any(key.search(text) for key in _COLLECTION_KEYS)
        or any(nested.search(text) for nested in _NESTED_INDICATORS)
        or _has_controls(text.encode("utf-8", "surrogatepass"))
    )


def _has_controls(raw: bytes) -> bool:
    return len(raw.translate(None, _CONTROLS)) < len(raw)


def _count_colons(text: str) -> int:
    """Return the number of colons outside comment lines that could end a key.

    Such a colon is followed by a blank, a bracket or the end of the text, or follows a quotation mark.
    """
    if "#" in text:
        text = _COMMENT_LINE.sub("", f"\n{text}")
    found = len(_COLON.findall(text))
    # Searched separately: one combined pattern takes three times as long.
    return found + len(_COLON_AFTER_QUOTE.findall(text)) if '"' in text or "'" in text else found


def _count_pairs(data: object) -> int:
    """Return the number of mapping entries that have a value, or -1 if data is nested deeper than MAX_DEPTH.

    Entries without a value are left out because in braces they need no colon: `{a, b: 1, b: 2}` has two
    colons, and two entries remain of it.
    """
    total, level = 0, [data]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for node in level:
            if isinstance(node, dict):
                values = list(node.values())
                total += len(values) - values.count(None)
                below += values
            elif isinstance(node, list):
                below += node
        level = below
    return -1 if any(isinstance(node, dict | list) for node in level) else total


def _check_strictly(path: Path, text: str) -> None:
    """Raise ConfigError if the text is not a single plain document: aliases, nesting, repeated keys."""
    try:
        problems = list(_event_problems(path, text))
        if not problems:
            problems = list(_key_problems(path, YAML(typ="rt", pure=True).compose(text)))
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


def _event_problems(path: Path, text: str) -> Iterator[Problem]:
    """Yield what the parser's events show without building a tree, which a hostile text could make huge."""
    depth = documents = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        message = None
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            message = "anchors and aliases are not allowed; write the value out"
        elif getattr(event, "tag", None) not in _CORE_TAGS:
            message = "only the core schema's tags are allowed; write the value without a tag"
        elif isinstance(event, DocumentStartEvent):
            documents += 1
            message = (
                "found another document, expected one per file; remove it, or move it to a separate file"
            )
            message = message if documents > 1 else None
        elif isinstance(event, CollectionStartEvent):
            depth += 1
            message = f"nested deeper than {MAX_DEPTH} levels" if depth > MAX_DEPTH else None
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if message:
            yield Problem(path, event.start_mark.line + 1, event.start_mark.column + 1, message)
            if depth > MAX_DEPTH:
                return


def _key_problems(path: Path, root: Node | None) -> Iterator[Problem]:
    todo: list[Any] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, SequenceNode):
            todo += node.value
        elif isinstance(node, MappingNode):
            first_lines: dict[str, int] = {}
            for key, value in node.value:
                todo.append(value)
                line = key.start_mark.line + 1
                if not isinstance(key.value, str):
                    message = "found a list or mapping as a key, expected plain text"
                elif key.value in first_lines:
                    first = first_lines[key.value]
                    message = f'the key "{key.value}" is repeated (first on line {first}); keep one'
                else:
                    first_lines[key.value] = line
                    continue
                yield Problem(path, line, key.start_mark.column + 1, message)


def _at_top(path: Path, message: str) -> Problem:
    return Problem(path, 1, 1, message)


def _failure(path: Path, message: str, line: int = 1) -> ConfigError:
    return ConfigError([Problem(path, line, 1, message)])
