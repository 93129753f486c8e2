"""Reads a whole event log and says which line is not as it was written.

Three things hold a log together: each line has its number and the root over the lines before it; each writing
left a signed head with the root over all lines so far; and whoever kept heads of their own can show them. An
edit breaks the first. Who mends the links after an edit breaks the second, for want of the key. Who has the
key breaks the third. Anybody can add a head without the signature: it vouches for nothing.
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

_PLACE: Final = re.compile(rb'\{"seq":([0-9]{1,18}),[^\r\n]*,"previous":"([A-Za-z0-9+/]{43}=)"\}')
_NONE: Final = "two of one size"
_STEP: Final = 10_000
"""Lines between two reports of progress."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """What is wrong with a line of the log, its number counted from 1, as editors do."""

    line: int
    message: str

    def __str__(self) -> str:
        """Return `line N MESSAGE`."""
        return f"line {self.line} {self.message}"


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """How many lines from the first are good, the root over them, and what is wrong with the next, if any."""

    size: int
    root: bytes
    bad_line: BadLine | None


def verify(
    folder: Path,
    verifier: Verifier,
    since: Sequence[Checkpoint] = (),
    progress: Callable[[int], None] = lambda _lines: None,
) -> VerificationResult:
    """Return how far the log in a state folder is good. Raises OSError where there is none to read.

    `since` are heads that others kept. `progress` is told the number of lines read, now and then.
    """
    with locked(folder, shared=True):
        notes = list(read_heads(folder / HEADS))
        file = (folder / EVENTS).open("rb")
        end = file.seek(0, 2)
    given = _roots((head.size, _base64(head.root)) for head in since)
    said = _roots(found for note in notes if (found := size_and_root(note)))

    def walked(heads: Mapping[int, str]) -> tuple[Tree, BadLine | None]:
        file.seek(0)
        walk = _Walk(Tree(), heads, given)
        bad_line = walk.over(_up_to(end, lines_of(file)), progress)
        return walk.tree, bad_line or _uncovered(notes, verifier, walk) or walk.after_the_last(end)

    with file:
        tree, bad_line = walked(said)
        if bad_line is not None:
            # All signatures take their time: they are looked at where a line is to be named.
            signed = (head for note in notes if (head := _signed(note, verifier)))
            tree, named = walked(_roots((head.size, _base64(head.root)) for head in signed))
            bad_line = named or BadLine(
                bad_line.line,
                f"has a head over it that {verifier.name} did not sign, and is as it was written",
            )
    return VerificationResult(bad_line.line - 1 if bad_line else tree.size, tree.root(), bad_line)


def _roots(heads: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return root by size; where two are said for one size, a root that nothing has."""
    roots: dict[int, str] = {}
    for size, root in heads:
        roots[size] = root if roots.get(size, root) == root else _NONE
    return roots


def _base64(root: bytes) -> str:
    return base64.b64encode(root).decode("ascii")


def _up_to(end: int, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines that end before an offset: the log may be growing."""
    for line in lines:
        end -= len(line) + 1
        if end < 0:
            return
        yield line


class _Walk:
    """Goes over the lines once, and stops at the first that does not fit."""

    def __init__(self, tree: Tree, heads: Mapping[int, str], given: Mapping[int, str]) -> None:
        self.tree = tree
        self.heads = heads
        self.given = given
        self.read = 0
        self._root = _base64(tree.root())
        self._fitting = 0  # the size of the last head that fitted
        self._given_fitting = 0

    def over(self, lines: Iterator[bytes], progress: Callable[[int], None]) -> BadLine | None:
        """Return what is wrong with the first line that does not fit."""
        line = next(lines, None)
        while line is not None:
            following = next(lines, None)
            if bad_line := self._take(line, following):
                return bad_line
            if self.tree.size % _STEP == 0:
                progress(self.tree.size)
            line = following
        progress(self.tree.size)
        return None

    def _take(self, line: bytes, following: bytes | None) -> BadLine | None:
        number = self.tree.size + 1
        said = _place(line)
        if said is None:
            return BadLine(number, "is no event")
        seq, previous = said
        if seq != number - 1:
            return BadLine(number, f"has the number {seq} where {number - 1} comes next")
        if previous != self._root:
            return self._link_broken(line, previous, following)
        self.tree.add(leaf_hash(line))
        self._root = _base64(self.tree.root())
        self.read += len(line) + 1
        return self._off_heads()

    def _off_heads(self) -> BadLine | None:
        """Return what the heads over the lines so far do not agree with."""
        size = self.tree.size
        for heads, fitting, whose in (
            (self.heads, self._fitting, "the head"),
            (self.given, self._given_fitting, "the checkpoint given"),
        ):
            if heads.get(size, self._root) != self._root:
                one = fitting + 1 == size
                which = "was changed" if one else f"or a later one was changed, up to line {size}"
                return BadLine(fitting + 1, f"{which}: {whose} over {size} lines is not over these")
        self._fitting = size if size in self.heads else self._fitting
        self._given_fitting = size if size in self.given else self._given_fitting
        return None

    def _link_broken(self, line: bytes, previous: str, following: bytes | None) -> BadLine:
        """Tell a line that was changed from one whose link was, by whether it fits with the link mended."""
        number = self.tree.size + 1
        mended = self.tree.copy()
        mended.add(leaf_hash(line.replace(previous.encode(), self._root.encode())))
        root = _base64(mended.root())
        next_place = _place(following) if following is not None else None
        fits = root == self.heads.get(number) or (next_place is not None and root == next_place[1])
        if fits or number == 1:
            return BadLine(number, "was changed: its link to the lines before it is not theirs")
        return BadLine(number - 1, "was changed: the line after it is linked to another")

    def after_the_last(self, end: int) -> BadLine | None:
        """Return what is wrong with what comes after the last whole line, or should."""
        size = self.tree.size
        if end != self.read:
            return BadLine(size + 1, "is cut short")
        if self.given and max(self.given) > size:
            return BadLine(size + 1, f"is missing: the checkpoint given is over {max(self.given)} lines")
        return None


def _place(line: bytes) -> tuple[int, str] | None:
    """Return number and link of a line, None if it is no event. The hashes vouch for all between the two."""
    found = _PLACE.fullmatch(line)
    return (int(found[1]), found[2].decode("ascii")) if found else None


def _uncovered(notes: list[str], verifier: Verifier, walk: _Walk) -> BadLine | None:
    """Return what the newest head with a good signature says about lines that fit together."""
    size = walk.tree.size
    signed = next((head for note in reversed(notes) if (head := _signed(note, verifier))), None)
    covered = signed.size if signed else 0
    if covered > size:
        return BadLine(size + 1, f"is missing: the head is over {covered} lines")
    if covered < size:
        return BadLine(covered + 1, f"has no head over it that {verifier.name} signed")
    if signed and signed.root != walk.tree.root():
        return BadLine(size, f"or one before it was changed: the head over {size} lines is not over these")
    return None


def _signed(note: str, verifier: Verifier) -> Checkpoint | None:
    try:
        return Checkpoint.parse(note, verifier)
    except NoteError:
        return None
