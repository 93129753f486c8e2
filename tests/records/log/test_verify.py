"""Every way to tamper with a log, and the line that is named for it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from joinfence.records.log.checkpoint import Checkpoint
from joinfence.records.log.checkpoints_file import last_head, read_heads
from joinfence.records.log.events import decode, encode
from joinfence.records.log.files import EVENTS, HEADS, KEY
from joinfence.records.log.merkle import Tree, leaf_hash
from joinfence.records.log.signed_note import Signer
from joinfence.records.log.verify import VerificationResult, verify
from tests.records.logs import lines, verifier, write_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

type Lines = list[bytes]

SIZE = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_log(tmp_path, *[1] * SIZE)
    return tmp_path


def checked(folder: Path, *since: Checkpoint) -> VerificationResult:
    return verify(folder, verifier(folder), since)


def put(folder: Path, changed: Lines) -> None:
    (folder / EVENTS).write_bytes(b"".join(changed))


def flip(line: bytes, position: int) -> bytes:
    return line[:position] + bytes([line[position] ^ 1]) + line[position + 1 :]


def relinked(changed: Lines) -> Lines:
    """Return the lines with numbers and links mended, as one does who wants to hide an edit."""
    tree, mended = Tree(), []
    for line in changed:
        line = encode(replace(decode(line[:-1]), seq=tree.size, previous=tree.root()))  # noqa: PLW2901 - mended
        tree.add(leaf_hash(line))
        mended.append(line + b"\n")
    return mended


def edited(changed: Lines, number: int) -> Lines:
    return [line.replace(b"DE-", b"FR-") if at == number else line for at, line in enumerate(changed, 1)]


def test_a_good_log_is_good(folder: Path) -> None:
    found = checked(folder)
    assert (found.size, found.bad_line) == (SIZE, None)
    assert found.root == Tree(leaf_hash(line[:-1]) for line in lines(folder)).root()


def test_an_empty_log_with_a_head_is_good(tmp_path: Path) -> None:
    write_log(tmp_path, 1)
    put(tmp_path, [])
    first = next(read_heads(tmp_path / HEADS))
    (tmp_path / HEADS).write_text(first, encoding="utf-8")
    assert checked(tmp_path) == VerificationResult(0, Tree().root(), None)


@pytest.mark.parametrize("number", range(1, SIZE + 1))
def test_any_flipped_bit_names_its_line(folder: Path, number: int) -> None:
    whole = lines(folder)
    for position in range(0, len(whole[number - 1]) - 1, 3):
        changed = [*whole]
        changed[number - 1] = flip(changed[number - 1], position)
        put(folder, changed)
        bad_line = checked(folder).bad_line
        assert bad_line is not None, position
        assert bad_line.line == number, (position, changed[number - 1], bad_line)


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        pytest.param(lambda whole: whole[:4] + whole[5:], 5, id="drop"),
        pytest.param(lambda whole: whole[1:], 1, id="drop the first"),
        pytest.param(lambda whole: [*whole[:3], whole[4], whole[3], *whole[5:]], 4, id="reorder"),
        pytest.param(lambda whole: whole[::-1], 1, id="reverse"),
        pytest.param(lambda whole: [*whole[:6], whole[5], *whole[6:]], 7, id="duplicate"),
        pytest.param(lambda whole: whole[:-1], SIZE, id="truncate by one"),
        pytest.param(lambda whole: whole[:2], 3, id="truncate"),
        pytest.param(lambda _whole: [], 1, id="truncate to nothing"),
        pytest.param(lambda whole: [*whole[:-1], whole[-1][:-9]], SIZE, id="truncate within a line"),
        pytest.param(lambda whole: [*whole, b'{"seq":12'], SIZE + 1, id="a torn line"),
        pytest.param(lambda whole: [*whole, b"x" * 200_000, b"\n"], SIZE + 1, id="an endless line"),
        pytest.param(lambda whole: relinked([*whole, whole[0]]), SIZE + 1, id="append, links mended"),
        pytest.param(lambda whole: relinked(edited(whole, 4)), 4, id="edit, links mended"),
        pytest.param(lambda whole: relinked(edited(whole, SIZE)), SIZE, id="edit the last, links mended"),
        pytest.param(lambda whole: relinked(whole[:4] + whole[5:]), 5, id="drop, links mended"),
        pytest.param(lambda whole: relinked([*whole[:3], whole[4], whole[3], *whole[5:]]), 4, id="reorder, links mended"),
        pytest.param(lambda whole: relinked([*whole[:6], whole[5], *whole[6:]]), 7, id="duplicate, links mended"),
    ],
)  # fmt: skip
def test_tampering_names_the_line(folder: Path, tamper: Callable[[Lines], Lines], line: int) -> None:
    put(folder, tamper(lines(folder)))
    bad_line = checked(folder).bad_line
    assert bad_line is not None
    assert bad_line.line == line, bad_line
    assert re.match(rf"line {line} ", str(bad_line))
    assert checked(folder).size == line - 1


def forge_heads(folder: Path, signer: Signer, *, keep: int) -> None:
    """Write the heads after the first `keep` anew, over the lines as they are now."""
    tree = Tree()
    notes = list(read_heads(folder / HEADS))[:keep]
    for number, line in enumerate(lines(folder), 1):
        tree.add(leaf_hash(line[:-1]))
        if number >= keep:
            head = Checkpoint(origin=verifier(folder).name, size=number, root=tree.root())
            notes.append(head.signed(signer))
    (folder / HEADS).write_text("".join(notes), encoding="utf-8")


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        pytest.param(lambda whole: [*whole, whole[0]], SIZE + 1, id="append"),
        pytest.param(lambda whole: edited(whole, 4), 4, id="edit"),
        pytest.param(lambda whole: whole[:4] + whole[5:], 5, id="drop"),
        pytest.param(lambda whole: whole[:6], 6, id="truncate"),
    ],
)
def test_forged_heads_are_not_believed(folder: Path, tamper: Callable[[Lines], Lines], line: int) -> None:
    put(folder, relinked(tamper(lines(folder))))
    forge_heads(folder, Signer.generate(verifier(folder).name), keep=line)
    bad_line = checked(folder).bad_line
    assert bad_line is not None
    assert (bad_line.line, "no head over it" in bad_line.message) == (line, True), bad_line


@pytest.mark.parametrize("number", [1, 3, SIZE])
def test_forged_heads_after_the_genuine_ones_are_not_believed(folder: Path, number: int) -> None:
    genuine = (folder / HEADS).read_text(encoding="utf-8")
    put(folder, relinked(edited(lines(folder), number)))
    forge_heads(folder, Signer.generate(verifier(folder).name), keep=0)
    forged = (folder / HEADS).read_text(encoding="utf-8")
    for heads in (genuine + forged, forged + genuine, genuine[: len(genuine) // 2] + forged + genuine):
        (folder / HEADS).write_text(heads, encoding="utf-8")
        bad_line = checked(folder).bad_line
        assert bad_line is not None
        assert bad_line.line <= number


def test_the_line_is_named_by_heads_with_the_signature_alone(folder: Path) -> None:
    put(folder, relinked(edited(lines(folder), 4)))
    other = Checkpoint(origin=verifier(folder).name, size=2, root=bytes(32)).signed(Signer.generate("x"))
    (folder / HEADS).write_text(other + (folder / HEADS).read_text(encoding="utf-8"), encoding="utf-8")
    assert str(checked(folder).bad_line) == "line 4 was changed: the head over 4 lines is not over these"


def test_a_head_that_nobody_signed_accuses_no_line_and_is_told(folder: Path) -> None:
    other = Checkpoint(origin=verifier(folder).name, size=2, root=bytes(32)).signed(Signer.generate("x"))
    (folder / HEADS).write_text(other + (folder / HEADS).read_text(encoding="utf-8"), encoding="utf-8")
    assert "did not sign, and is as it was written" in str(checked(folder).bad_line)


def test_two_kept_heads_of_one_size_and_two_roots_are_told_in_any_order(folder: Path) -> None:
    kept = Checkpoint.parse(last_head(folder / HEADS)[0], verifier(folder))
    other = replace(kept, root=bytes(32))
    for since in ((kept, other), (other, kept)):
        assert "the checkpoint given over 12 lines is not over these" in str(checked(folder, *since).bad_line)
    assert checked(folder, kept, kept).bad_line is None


def test_who_has_the_key_is_found_out_by_heads_that_others_kept(folder: Path) -> None:
    kept = [Checkpoint.parse(note, verifier(folder)) for note in read_heads(folder / HEADS)]
    put(folder, relinked(edited(lines(folder), 4)))
    forge_heads(folder, Signer.parse((folder / KEY).read_text(encoding="ascii")), keep=1)
    assert checked(folder).bad_line is None, "nothing in the folder gives it away"
    bad_line = checked(folder, kept[8]).bad_line
    assert bad_line is not None
    assert (
        str(bad_line)
        == "line 1 or a later one was changed, up to line 8: the checkpoint given over 8 lines is not over these"
    )
    nearer = checked(folder, kept[3], kept[4], kept[8]).bad_line
    assert nearer is not None
    assert nearer.line == 4
    assert checked(folder, kept[3]).bad_line is None


def test_a_log_shorter_than_a_kept_head_is_told(folder: Path) -> None:
    kept = Checkpoint.parse(last_head(folder / HEADS)[0], verifier(folder))
    put(folder, lines(folder)[:7])
    forge_heads(folder, Signer.parse((folder / KEY).read_text(encoding="ascii")), keep=1)
    bad_line = checked(folder, kept).bad_line
    assert bad_line is not None
    assert str(bad_line) == "line 8 is missing: the checkpoint given is over 12 lines"


def test_an_edit_inside_one_writing_is_narrowed_to_it(tmp_path: Path) -> None:
    write_log(tmp_path, 2, 5, 2)
    put(tmp_path, relinked(edited(lines(tmp_path), 5)))
    bad_line = checked(tmp_path).bad_line
    assert bad_line is not None
    assert (
        str(bad_line)
        == "line 3 or a later one was changed, up to line 7: the head over 7 lines is not over these"
    )


def test_progress_is_told_and_a_growing_log_is_read_as_far_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write_log(tmp_path, 3)
    monkeypatch.setattr("joinfence.records.log.verify._STEP", 2)
    told: list[int] = []

    def progress(size: int) -> None:
        told.append(size)
        if size == 2:
            log.append([decode(lines(tmp_path)[0][:-1]).event])

    assert verify(tmp_path, verifier(tmp_path), (), progress).size == 3
    assert told == [2, 3]


def test_without_a_log_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify(tmp_path, Signer.generate("x").verifier)
