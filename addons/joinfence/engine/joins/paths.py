"""Raw request target to the paths that servers may read in it, and templates for such paths.

A pattern on the raw target would be easy to evade: servers decode percent-encoding, merge slashes, resolve
dots and drop path parameters before they route a request. They do so in different ways, so there is no
single canonical path. A target therefore has several readings, one for each combination of what servers are
known to do, and a rule matches if any reading matches. Most targets contain nothing that servers treat
differently and have exactly one.

An encoded slash (`%2F`) is read in two ways: as a slash, and as a character inside its segment. In the second
reading, `_INNER_SLASH` stands for it until an extractor restores it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_TARGET_BYTES: Final = 1 << 20
"""Longer targets match nothing. No known server accepts a request line of more than 1 MiB."""

_NEEDS_WORK: Final = re.compile(rb"[^!-~]|[%\\;#]|//|/\.")
_INNER_SLASH: Final = "\udc2f"
"""Stands for a slash inside a segment. It cannot occur otherwise: no bytes are decoded to it."""

_ALTERNATIVES: Final[tuple[tuple[bytes, Callable[[bytes], bytes]], ...]] = (
    # A request target should have no fragment. nginx ends the path there, others keep it as text.
    (b"#", lambda path: path.partition(b"#")[0]),
    # Path parameters (RFC 3986 section 3.3). Tomcat and Jetty drop them before routing.
    (b";", lambda path: re.sub(rb";[^/]*", b"", path)),
    # The URL standard treats a backslash as a slash, and so does everything that uses such a parser.
    (b"\\", lambda path: path.replace(b"\\", b"/")),
    # C strings end at the first NUL.
    (b"%00", lambda path: path.partition(b"%00")[0]),
)


def readings(target: bytes) -> tuple[str, ...]:
    """Return the canonical paths that servers may read in a raw request target. Never raises.

    Canonical means: without query, percent-decoded once, without empty segments, dot segments resolved (RFC
    3986 section 5.2.4); `/a/b`, and the empty text for the root. The first reading decodes before it splits
    into segments, and merges slashes before it resolves dots. If there are dots, further readings resolve
    them before slashes are merged (as the RFC and the URL standard do) or keep them as they are (as Janus
    does).
    """
    path = target.partition(b"?")[0]
    if not _NEEDS_WORK.search(path):
        return (path.rstrip(b"/").decode("ascii"),)
    if len(path) > MAX_TARGET_BYTES:
        return ()
    raw_paths = [path]
    for mark, rewrite in _ALTERNATIVES:
        if mark in path:
            raw_paths += [rewrite(raw) for raw in raw_paths]
    found: dict[str, None] = {}
    for raw in raw_paths:
        splits = [_decode(raw).split("/")]
        if b"%2f" in raw.lower():
            splits.append([_decode(segment).replace("/", _INNER_SLASH) for segment in raw.split(b"/")])
        for segments in splits:
            found.update(dict.fromkeys(_resolutions_of_dots(segments)))
    return tuple(found)


def _resolutions_of_dots(segments: list[str]) -> Iterator[str]:
    """Yield the paths after each way to treat `.` and `..`, which differ next to empty segments."""
    yield _join(segment for segment in segments if segment)
    if ".." in segments:
        yield _join(segments[1:] if segments[0] == "" else segments)
    if ".." in segments or "." in segments:
        yield "".join(f"/{segment}" for segment in segments if segment)


def _decode(raw: bytes) -> str:
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")


def _join(segments: Iterable[str]) -> str:
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "".join(f"/{segment}" for segment in kept if segment)


_PART: Final = re.compile(r"\{([a-z_]+)\}|(\*)|([^{}*]+)")
_SEGMENTS: Final = re.compile(r"\{\+([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path with placeholders.

    `{name}` matches one segment or part of one, `*` any text within a segment, `**` any number of segments,
    and `{+name}` one or more segments. `**` directly after text, at the end of the path, matches any
    further text, slashes included.

    Raises ValueError, with a sentence, if the text is not a template.
    """

    text: str
    ignore_case: bool = False

    def __post_init__(self) -> None:
        """Refuse templates that can match nothing, or that would need backtracking over segments to match."""
        if not self.text.startswith("/"):
            message = "a path that starts with /"
        elif len([s for s in self._pieces if s == "**" or s.startswith("{+")]) > 1:
            message = "only one ** or {+name} is allowed in a path"
        elif any("**" in s and s != "**" for s in self._text_before_open_end.split("/")):
            message = "** must be a whole segment, /**/, or at the end"
        elif any(s in (".", "..") or not _is_segment(s) for s in self._pieces):
            message = "segments are text, {name}, {+name}, * or **"
        elif len(self.groups) != len(set(self.groups)):
            message = "each {name} may appear only once"
        else:
            return
        raise ValueError(message)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments between the slashes; `**` counts as one."""
        return tuple(segment for segment in self.text.split("/") if segment)

    @property
    def longest_literal(self) -> str:
        """The longest text within one segment that every matching path contains; empty if there is none."""
        texts = (m[3] or "" for s in self._pieces if not _SEGMENTS.fullmatch(s) for m in _PART.finditer(s))
        return max(texts, key=len, default="")

    @property
    def _text_before_open_end(self) -> str:
        return self.text[:-2] if self.is_open else self.text

    @property
    def _pieces(self) -> tuple[str, ...]:
        return tuple(segment for segment in self._text_before_open_end.split("/") if segment)

    @property
    def is_open(self) -> bool:
        """Whether the template ends in `**` directly after text, so that any text may follow."""
        return self.text.endswith("**") and not self.text.endswith("/**")

    @property
    def has_fixed_length(self) -> bool:
        """Whether every matching path has as many segments as the template."""
        return not self.is_open and not any(s == "**" or s.startswith("{+") for s in self.segments)

    def is_literal(self, place: int) -> bool:
        """Tell whether the first (0) or last (-1) segment is literal text."""
        segments = self.segments
        return bool(segments) and not re.search(r"[{*]", segments[place])

    @property
    def groups(self) -> tuple[str, ...]:
        """The names in braces, in order."""
        return tuple(
            m[1] for s in self._pieces for m in (_SEGMENTS.fullmatch(s), *_PART.finditer(s)) if m and m[1]
        )

    def pattern(self) -> str:
        """Return the regular expression for a canonical path, with a named group for each name in braces."""
        text = "".join(
            "(?:/[^/]+)*" if segment == "**" else "/" + _segment_pattern(segment) for segment in self._pieces
        ) + ("(?s:.*)" if self.is_open else "")
        return f"(?i:{text})" if self.ignore_case else f"(?:{text})"


def _is_segment(text: str) -> bool:
    return bool(_SEGMENTS.fullmatch(text)) or "".join(m[0] for m in _PART.finditer(text)) == text


def _segment_pattern(segment: str) -> str:
    if several := _SEGMENTS.fullmatch(segment):
        return f"(?P<{several[1]}>[^/]+(?:/[^/]+)*)"
    parts = []
    for name, star, literal in (m.groups() for m in _PART.finditer(segment)):
        if name:
            parts.append(f"(?P<{name}>[^/]+)")
        else:
            parts.append("[^/]*" if star else re.escape(literal))
    return "".join(parts)


def restore_slashes(text: str) -> str:
    """Return the text of a group with slashes where encoded slashes were inside the segment."""
    return text.replace(_INNER_SLASH, "/")
