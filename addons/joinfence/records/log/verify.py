"""Verifies a whole event log, and finds the first line that is not as it was written.

Three layers of evidence protect the log, each against somebody who can defeat the layer before:

1. Links. Each line holds its number and the root of the hash tree over all lines before it, so a line that is
   changed, removed, inserted or moved breaks the link of the line after it.
2. Heads. After each writing, a checkpoint with the root over all lines was appended and signed. Somebody who
   edits a line and recomputes all later links cannot sign new heads without the key.
3. Checkpoints that others kept. They reveal even a log that was rewritten with the key.

Verifying means walking over the lines once. The root after each line must match the link in the next line and
every head of that size. Checking the signatures of all heads would take much longer than that, so the first
walk uses the stored heads unverified, and then only the newest head with a valid signature must cover all
lines. But anybody can append a head with a wrong root and no valid signature, so a mismatch in the first walk
does not prove that a line was changed. After one, all signatures are verified, and a second walk with the
validly signed heads alone decides which line to report.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.records.log.checkpoint import Checkpoint
from joinfence.records.log.checkpoints_file import read_heads, size_and_root
from joinfence.records.log.files import EVENTS, HEADS, lines_of, locked
from joinfence.records.log.merkle import Tree, leaf_hash
from joinfence.records.log.signed_note import NoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from joinfence.records.log.signed_note import Verifier

_LINE: Final = re.compile(rb'\{"seq":([0-9]{1,18}),[^\r\n]*,"previous":"([A-Za-z0-9+/]{43}=)"\}')
_CONFLICTING: Final = "several roots for one size"
_PROGRESS_INTERVAL: Final = 10_000
"""Number of lines between two reports of progress."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """What is wrong with a line of the log. Lines are counted from 1, as in editors."""

    line: int
    message: str

    def __str__(self) -> str:
        """Return `line N MESSAGE`."""
        return f"line {self.line} {self.message}"


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The number of unchanged lines from the start, the root over them, and what is wrong after them."""

    size: int
    root: bytes
    bad_line: BadLine | None


def verify(
    folder: Path,
    verifier: Verifier,
    since: Sequence[Checkpoint] = (),
    progress: Callable[[int], None] = lambda _lines: None,
) -> VerificationResult:
    """Return how many lines of the log in a state folder are unchanged. Raises OSError if there is no log.

    `since` are checkpoints that were kept elsewhere. `progress` is called now and then with the number of
    lines verified so far.
    """
    with locked(folder, shared=True):
        notes = list(read_heads(folder / HEADS))
        file = (folder / EVENTS).open("rb")
        end = file.seek(0, 2)
    kept_roots = _roots((head.size, _base64(head.root)) for head in since)
    stored_roots = _roots(stated for note in notes if (stated := size_and_root(note)))

    def walk(head_roots: Mapping[int, str]) -> tuple[Tree, BadLine | None]:
        file.seek(0)
        checker = _LineChecker(Tree(), head_roots, kept_roots)
        bad_line = (
            checker.check(_lines_before(end, lines_of(file)), progress)
            or _check_newest_head(notes, verifier, checker)
            or checker.check_end(end)
        )
        return checker.tree, bad_line

    with file:
        tree, bad_line = walk(stored_roots)
        if bad_line is not None:
            signed = (head for note in notes if (head := _signed(note, verifier)))
            tree, confirmed = walk(_roots((head.size, _base64(head.root)) for head in signed))
            bad_line = confirmed or BadLine(
                bad_line.line, f"is unchanged, but a head over it was not signed by {verifier.name}"
            )
    return VerificationResult(bad_line.line - 1 if bad_line else tree.size, tree.root(), bad_line)


def _roots(heads: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return size -> root. If heads state several roots for a size, it gets one that no lines have."""
    roots: dict[int, str] = {}
    for size, root in heads:
        roots[size] = root if roots.get(size, root) == root else _CONFLICTING
    return roots


def _base64(root: bytes) -> str:
    return base64.b64encode(root).decode("ascii")


def _lines_before(end: int, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines that end before an offset. Lines after it were appended since verifying began."""
    for line in lines:
        end -= len(line) + 1
        if end < 0:
            return
        yield line


class _LineChecker:
    """Goes over the lines once, and stops at the first line that is wrong."""

    def __init__(self, tree: Tree, head_roots: Mapping[int, str], kept_roots: Mapping[int, str]) -> None:
        self.tree = tree
        self._bytes_read = 0
        self._root = _base64(tree.root())
        self._head_roots = head_roots
        self._kept_roots = kept_roots
        self._matching_head = 0  # the size of the last head that matched
        self._matching_kept = 0

    def check(self, lines: Iterator[bytes], progress: Callable[[int], None]) -> BadLine | None:
        """Return what is wrong with the first line that is wrong, or None if there is no such line."""
        line = next(lines, None)
        while line is not None:
            following = next(lines, None)
            if bad_line := self._check_line(line, following):
                return bad_line
            if self.tree.size % _PROGRESS_INTERVAL == 0:
                progress(self.tree.size)
            line = following
        progress(self.tree.size)
        return None

    def _check_line(self, line: bytes, following: bytes | None) -> BadLine | None:
        number = self.tree.size + 1
        parsed = _seq_and_link(line)
        if parsed is None:
            return BadLine(number, "is not an event")
        seq, link = parsed
        if seq != number - 1:
            return BadLine(number, f"has the number {seq}, expected {number - 1}")
        if link != self._root:
            return self._broken_link(line, link, following)
        self.tree.add(leaf_hash(line))
        self._root = _base64(self.tree.root())
        self._bytes_read += len(line) + 1
        return self._check_heads()

    def _check_heads(self) -> BadLine | None:
        """Return what is wrong if the root over the lines so far differs from that of a head.

        A head only shows that one of the lines was changed that were added since the last matching head.
        """
        size = self.tree.size
        for roots, matching, which in (
            (self._head_roots, self._matching_head, "the head"),
            (self._kept_roots, self._matching_kept, "the given checkpoint"),
        ):
            if roots.get(size, self._root) != self._root:
                first = matching + 1
                lines = "" if first == size else f"(or a later one, up to line {size}) "
                return BadLine(first, f"{lines}was changed: {which} over {size} lines does not match")
        self._matching_head = size if size in self._head_roots else self._matching_head
        self._matching_kept = size if size in self._kept_roots else self._matching_kept
        return None

    def _broken_link(self, line: bytes, link: str, following: bytes | None) -> BadLine:
        """Return which line was changed, given a line whose link is not the root over the lines before it.

        Either the link was changed, or the line before it, which changes the root that the link should be. To
        tell these apart, the link is corrected. If the root over the lines and the corrected line matches a
        head or the link of the following line, then only the link was changed.
        """
        number = self.tree.size + 1
        corrected = self.tree.copy()
        corrected.add(leaf_hash(line.replace(link.encode(), self._root.encode())))
        root = _base64(corrected.root())
        next_line = _seq_and_link(following) if following is not None else None
        matches = root == self._head_roots.get(number) or (next_line is not None and root == next_line[1])
        if matches or number == 1:
            return BadLine(number, "was changed: its link does not match the lines before it")
        return BadLine(number - 1, "was changed: the link of the next line does not match it")

    def check_end(self, end: int) -> BadLine | None:
        """Return what is wrong after the last whole line: a part of a line, or lines that are missing."""
        size = self.tree.size
        if end != self._bytes_read:
            return BadLine(size + 1, "is incomplete")
        if self._kept_roots and max(self._kept_roots) > size:
            return BadLine(size + 1, f"is missing: the given checkpoint covers {max(self._kept_roots)} lines")
        return None


def _seq_and_link(line: bytes) -> tuple[int, str] | None:
    """Return the number and the link of a line, or None if it is not an event.

    What is between the two is not parsed: that it is unchanged follows from the hashes.
    """
    found = _LINE.fullmatch(line)
    return (int(found[1]), found[2].decode("ascii")) if found else None


def _check_newest_head(notes: list[str], verifier: Verifier, checker: _LineChecker) -> BadLine | None:
    """Return what is wrong if the newest validly signed head does not cover exactly the lines checked."""
    size = checker.tree.size
    signed = next((head for note in reversed(notes) if (head := _signed(note, verifier))), None)
    covered = signed.size if signed else 0
    if covered > size:
        return BadLine(size + 1, f"is missing: the head covers {covered} lines")
    if covered < size:
        return BadLine(covered + 1, f"is not covered by a head that {verifier.name} signed")
    if signed and signed.root != checker.tree.root():
        return BadLine(size, f"(or an earlier one) was changed: the head over {size} lines does not match")
    return None


def _signed(note: str, verifier: Verifier) -> Checkpoint | None:
    try:
        return Checkpoint.parse(note, verifier)
    except NoteError:
        return None
