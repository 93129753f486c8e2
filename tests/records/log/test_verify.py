"""Every way to tamper with a log, and the line that is reported for it."""

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


def verified(folder: Path, *since: Checkpoint) -> VerificationResult:
    return verify(folder, verifier(folder), since)


def put(folder: Path, changed: Lines) -> None:
    (folder / EVENTS).write_bytes(b"".join(changed))


def flip(line: bytes, position: int) -> bytes:
    return line[:position] + bytes([line[position] ^ 1]) + line[position + 1 :]


def relinked(changed: Lines) -> Lines:
    """Return the lines with numbers and links recomputed, as somebody does who wants to hide an edit."""
    tree, result = Tree(), []
    for line in changed:
        entry = encode(replace(decode(line[:-1]), seq=tree.size, previous=tree.root()))
        tree.add(leaf_hash(entry))
        result.append(entry + b"\n")
    return result


def edited(changed: Lines, number: int) -> Lines:
    return [line.replace(b"DE-", b"FR-") if at == number else line for at, line in enumerate(changed, 1)]


def test_an_untouched_log_is_verified(folder: Path) -> None:
    found = verified(folder)
    assert (found.size, found.bad_line) == (SIZE, None)
    assert found.root == Tree(leaf_hash(line[:-1]) for line in lines(folder)).root()


def test_an_empty_log_with_a_head_is_verified(tmp_path: Path) -> None:
    write_log(tmp_path, 1)
    put(tmp_path, [])
    first = next(read_heads(tmp_path / HEADS))
    (tmp_path / HEADS).write_text(first, encoding="utf-8")
    assert verified(tmp_path) == VerificationResult(0, Tree().root(), None)


@pytest.mark.parametrize("number", range(1, SIZE + 1))
def test_a_flipped_bit_is_reported_with_its_line(folder: Path, number: int) -> None:
    whole = lines(folder)
    for position in range(0, len(whole[number - 1]) - 1, 3):
        changed = [*whole]
        changed[number - 1] = flip(changed[number - 1], position)
        put(folder, changed)
        bad_line = verified(folder).bad_line
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
        pytest.param(lambda whole: relinked([*whole, whole[0]]), SIZE + 1, id="append, links recomputed"),
        pytest.param(lambda whole: relinked(edited(whole, 4)), 4, id="edit, links recomputed"),
        pytest.param(lambda whole: relinked(edited(whole, SIZE)), SIZE, id="edit the last, links recomputed"),
        pytest.param(lambda whole: relinked(whole[:4] + whole[5:]), 5, id="drop, links recomputed"),
        pytest.param(lambda whole: relinked([*whole[:3], whole[4], whole[3], *whole[5:]]), 4, id="reorder, links recomputed"),
        pytest.param(lambda whole: relinked([*whole[:6], whole[5], *whole[6:]]), 7, id="duplicate, links recomputed"),
    ],
)  # fmt: skip
def test_tampering_is_reported_with_its_line(
    folder: Path, tamper: Callable[[Lines], Lines], line: int
) -> None:
    put(folder, tamper(lines(folder)))
    bad_line = verified(folder).bad_line
    assert bad_line is not None
    assert bad_line.line == line, bad_line
    assert re.match(rf"line {line} ", str(bad_line))
    assert verified(folder).size == line - 1


def forge_heads(folder: Path, signer: Signer, *, keep: int) -> None:
    """Replace all heads after the first `keep` by heads over the lines as they are now."""
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
def test_heads_without_a_valid_signature_do_not_count(
    folder: Path, tamper: Callable[[Lines], Lines], line: int
) -> None:
    put(folder, relinked(tamper(lines(folder))))
    forge_heads(folder, Signer.generate(verifier(folder).name), keep=line)
    bad_line = verified(folder).bad_line
    assert bad_line is not None
    assert (bad_line.line, "is not covered by a head" in bad_line.message) == (line, True), bad_line


@pytest.mark.parametrize("number", [1, 3, SIZE])
def test_forged_heads_next_to_genuine_ones_do_not_count(folder: Path, number: int) -> None:
    genuine = (folder / HEADS).read_text(encoding="utf-8")
    put(folder, relinked(edited(lines(folder), number)))
    forge_heads(folder, Signer.generate(verifier(folder).name), keep=0)
    forged = (folder / HEADS).read_text(encoding="utf-8")
    for heads in (genuine + forged, forged + genuine, genuine[: len(genuine) // 2] + forged + genuine):
        (folder / HEADS).write_text(heads, encoding="utf-8")
        bad_line = verified(folder).bad_line
        assert bad_line is not None
        assert bad_line.line <= number


def test_only_validly_signed_heads_decide_which_line_is_reported(folder: Path) -> None:
    put(folder, relinked(edited(lines(folder), 4)))
    other = Checkpoint(origin=verifier(folder).name, size=2, root=bytes(32)).signed(Signer.generate("x"))
    (folder / HEADS).write_text(other + (folder / HEADS).read_text(encoding="utf-8"), encoding="utf-8")
    assert str(verified(folder).bad_line) == "line 4 was changed: the head over 4 lines does not match"


def test_an_unsigned_head_is_reported_without_accusing_a_line(folder: Path) -> None:
    other = Checkpoint(origin=verifier(folder).name, size=2, root=bytes(32)).signed(Signer.generate("x"))
    (folder / HEADS).write_text(other + (folder / HEADS).read_text(encoding="utf-8"), encoding="utf-8")
    assert "is unchanged, but a head over it was not signed by" in str(verified(folder).bad_line)


def test_conflicting_kept_heads_are_reported_in_any_order(folder: Path) -> None:
    kept = Checkpoint.parse(last_head(folder / HEADS)[0], verifier(folder))
    other = replace(kept, root=bytes(32))
    for since in ((kept, other), (other, kept)):
        assert "the given checkpoint over 12 lines does not match" in str(verified(folder, *since).bad_line)
    assert verified(folder, kept, kept).bad_line is None


def test_kept_heads_reveal_a_log_rewritten_with_the_key(folder: Path) -> None:
    kept = [Checkpoint.parse(note, verifier(folder)) for note in read_heads(folder / HEADS)]
    put(folder, relinked(edited(lines(folder), 4)))
    forge_heads(folder, Signer.parse((folder / KEY).read_text(encoding="ascii")), keep=1)
    assert verified(folder).bad_line is None, "nothing in the folder reveals it"
    bad_line = verified(folder, kept[8]).bad_line
    assert bad_line is not None
    assert (
        str(bad_line)
        == "line 1 (or a later one, up to line 8) was changed: the given checkpoint over 8 lines does not match"
    )
    nearer = verified(folder, kept[3], kept[4], kept[8]).bad_line
    assert nearer is not None
    assert nearer.line == 4
    assert verified(folder, kept[3]).bad_line is None


def test_a_log_shorter_than_a_kept_head_is_reported(folder: Path) -> None:
    kept = Checkpoint.parse(last_head(folder / HEADS)[0], verifier(folder))
    put(folder, lines(folder)[:7])
    forge_heads(folder, Signer.parse((folder / KEY).read_text(encoding="ascii")), keep=1)
    bad_line = verified(folder, kept).bad_line
    assert bad_line is not None
    assert str(bad_line) == "line 8 is missing: the given checkpoint covers 12 lines"


def test_an_edit_is_narrowed_down_to_the_lines_written_together(tmp_path: Path) -> None:
    write_log(tmp_path, 2, 5, 2)
    put(tmp_path, relinked(edited(lines(tmp_path), 5)))
    bad_line = verified(tmp_path).bad_line
    assert bad_line is not None
    assert (
        str(bad_line)
        == "line 3 (or a later one, up to line 7) was changed: the head over 7 lines does not match"
    )


def test_progress_is_reported_and_lines_appended_meanwhile_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write_log(tmp_path, 3)
    monkeypatch.setattr("joinfence.records.log.verify._PROGRESS_INTERVAL", 2)
    reported: list[int] = []

    def progress(size: int) -> None:
        reported.append(size)
        if size == 2:
            log.append([decode(lines(tmp_path)[0][:-1]).event])

    assert verify(tmp_path, verifier(tmp_path), (), progress).size == 3
    assert reported == [2, 3]


def test_verifying_needs_a_log(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify(tmp_path, Signer.generate("x").verifier)
