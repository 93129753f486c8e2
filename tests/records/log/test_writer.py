"""Writing the log after a crash, a full disk or somebody's edit, without ever vouching for altered lines."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from joinfence.records.log.events import EventKind
from joinfence.records.log.files import EVENTS, HEADS, KEY, UNCOMMITTED, read_events
from joinfence.records.log.signed_note import Signer
from joinfence.records.log.verify import verify
from joinfence.records.log.writer import EventLog, LogError
from tests.records.logs import event, lines, verifier, write_log


def kinds(folder: Path) -> list[EventKind]:
    return [entry.event.kind for entry in read_events(folder)]


def is_verified(folder: Path) -> bool:
    return verify(folder, verifier(folder)).bad_line is None


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    write_log(folder, 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_salts_prevent_guessing_lines_from_a_published_head(tmp_path: Path) -> None:
    # Equal events never get the same salt, so the hash of a line cannot be computed from a guess.
    write_log(tmp_path / "one", 2)
    write_log(tmp_path / "other", 2)
    salts = [entry.salt for folder in ("one", "other") for entry in read_events(tmp_path / folder)]
    assert len(set(salts)) == 4
    assert {len(bytes.fromhex(salt)) for salt in salts} == {16}


def test_two_processes_append_to_one_log(tmp_path: Path) -> None:
    first, second = write_log(tmp_path, 1), EventLog(tmp_path, host="meet.example")
    for log in (second, first, second):
        assert log.append([event()]) == 0
    assert [entry.seq for entry in read_events(tmp_path)] == [0, 1, 2, 3]
    assert is_verified(tmp_path)


@pytest.mark.parametrize(
    "left",
    [b'{"seq":1,"time', b"\0\0\0\0", b'{"seq":1}\n', b"a whole line\nand a torn"],
    ids=["incomplete", "zeros", "a line without a head", "both"],
)
def test_lines_that_no_head_covers_are_moved_away_and_recorded(tmp_path: Path, left: bytes) -> None:
    write_log(tmp_path, 1)
    with (tmp_path / EVENTS).open("ab") as file:
        file.write(left)
    assert EventLog(tmp_path, host="meet.example").append([event(2)]) == len(left)
    assert (tmp_path / UNCOMMITTED).read_bytes() == left
    assert kinds(tmp_path) == [EventKind.APPROVED, EventKind.LOG_REPAIRED, EventKind.APPROVED]
    assert is_verified(tmp_path)


def test_an_incomplete_head_does_not_prevent_writing(tmp_path: Path) -> None:
    log = write_log(tmp_path, 1)
    with (tmp_path / HEADS).open("ab") as file:
        file.write(b"meet.example/joinf")
    log.append([event(2)])
    assert is_verified(tmp_path)


@pytest.mark.parametrize(
    "left", [b"", b"meet.example/joinf", b"\0" * 5000], ids=["empty", "incomplete", "zeros"]
)
@pytest.mark.parametrize("events", [True, False], ids=["an empty log", "no log"])
def test_an_incomplete_first_head_is_written_again(tmp_path: Path, left: bytes, *, events: bool) -> None:
    EventLog(tmp_path, host="meet.example").append([])
    (tmp_path / HEADS).write_bytes(left)
    if events:
        (tmp_path / EVENTS).touch()
    EventLog(tmp_path, host="meet.example").append([event(1)])
    assert is_verified(tmp_path)
    assert [entry.seq for entry in read_events(tmp_path)] == [0]


@pytest.mark.parametrize("junk", [b"\0" * 3000, b"meet.example/joinf"], ids=["zeros", "incomplete"])
def test_an_incomplete_head_is_kept_in_a_separate_file(tmp_path: Path, junk: bytes) -> None:
    log = write_log(tmp_path, 1)
    with (tmp_path / HEADS).open("ab") as file:
        file.write(junk)
    log.append([event(2)])
    assert is_verified(tmp_path)
    assert (tmp_path / UNCOMMITTED).read_bytes() == junk


def test_heads_followed_by_more_than_a_crash_can_leave_are_not_touched(tmp_path: Path) -> None:
    log = write_log(tmp_path, 1)
    with (tmp_path / HEADS).open("ab") as file:
        file.write(b"\0" * 5000)
    before = (tmp_path / HEADS).read_bytes()
    for each in (log, EventLog(tmp_path, host="meet.example")):
        with pytest.raises(LogError, match="expected a signed note"):
            each.append([event(2)])
    assert (tmp_path / HEADS).read_bytes() == before


@pytest.mark.parametrize("gone", [(EVENTS,), (HEADS,), (EVENTS, HEADS), (EVENTS, HEADS, KEY)], ids="+".join)
def test_files_removed_under_a_running_fence_are_not_created_again(
    tmp_path: Path, gone: tuple[str, ...]
) -> None:
    log = write_log(tmp_path, 2)
    for name in gone:
        (tmp_path / name).unlink()
    for _ in range(2):
        with pytest.raises(LogError, match=r"is missing|was truncated"):
            log.append([event(3)])
    assert not any((tmp_path / name).exists() for name in gone)


def test_a_log_truncated_under_a_running_fence_is_noticed(tmp_path: Path) -> None:
    log = write_log(tmp_path, 2)
    os.truncate(tmp_path / EVENTS, 10)
    with pytest.raises(LogError, match="was truncated"):
        log.append([event(3)])


def test_appending_no_events_changes_nothing(tmp_path: Path) -> None:
    log = write_log(tmp_path, 2)
    before = (tmp_path / EVENTS).read_bytes(), (tmp_path / HEADS).read_bytes()
    assert log.append(()) == 0
    assert ((tmp_path / EVENTS).read_bytes(), (tmp_path / HEADS).read_bytes()) == before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / EVENTS).write_bytes(lines(folder)[0]), "does not match its head"),
        (lambda folder: (folder / EVENTS).write_bytes(b"".join(lines(folder)[::-1])), "does not match its head"),
        (lambda folder: (folder / HEADS).unlink(), "is missing; restore it"),
        (lambda folder: (folder / HEADS).write_text("nothing\n"), "expected a signed note"),
        (lambda folder: (folder / KEY).write_text("nothing\n"), "expected a private key"),
        (lambda folder: (folder / KEY).write_bytes(b"\xff"), "can't decode"),
        (lambda folder: (folder / KEY).unlink(), "is missing; restore it"),
        (lambda folder: (folder / KEY).write_text(Signer.generate("other").secret()), "there is no signature by other"),
    ],
    ids=["truncated", "reordered", "no heads", "no head", "no key in the file", "not text", "no key", "another key"],
)  # fmt: skip
def test_nothing_is_appended_to_an_altered_log(tmp_path: Path, damage: object, message: str) -> None:
    write_log(tmp_path, 2)
    assert callable(damage)
    damage(tmp_path)
    before = (tmp_path / EVENTS).read_bytes()
    with pytest.raises(LogError, match=message):
        EventLog(tmp_path, host="meet.example").append([event(3)])
    assert (tmp_path / EVENTS).read_bytes() == before


def test_heads_truncated_under_a_running_fence_are_noticed(tmp_path: Path) -> None:
    log = write_log(tmp_path, 1)
    early = (tmp_path / HEADS).read_bytes()
    log.append([event(2)])
    (tmp_path / HEADS).write_bytes(early)
    with pytest.raises(LogError, match="was truncated"):
        log.append([event(3)])


def test_a_missing_log_with_a_head_is_reported(tmp_path: Path) -> None:
    write_log(tmp_path, 1)
    (tmp_path / EVENTS).unlink()
    with pytest.raises((LogError, OSError)):
        EventLog(tmp_path, host="meet.example").append([event(2)])


@pytest.mark.parametrize("fails_at", [EVENTS, HEADS])
def test_a_full_disk_leaves_the_log_as_it_was_and_writing_continues_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    log = write_log(tmp_path, 1)
    real, full = os.fsync, True

    def fsync(descriptor: int) -> None:
        if full and Path(f"/proc/self/fd/{descriptor}").readlink().name == fails_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left"):
        log.append([event(2)])
    full = False
    moved = log.append([event(2)])
    assert kinds(tmp_path)[-1] is EventKind.APPROVED
    assert (moved > 0) == (fails_at == HEADS), "lines that no head covers do not count"
    assert is_verified(tmp_path)


def test_the_names_of_new_files_are_on_disk_before_a_line_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    folder = tmp_path / "state"
    log = write_log(folder, 1)
    key, head = (f".{name}.{os.geteuid()}.new" for name in (KEY, HEADS))
    assert synced == [key, "state", head, "state", EVENTS, "state", HEADS]
    synced.clear()
    log.append([event(2)])
    assert synced == [EVENTS, HEADS], "the names are on disk already"


def test_the_operator_can_provide_the_key(tmp_path: Path) -> None:
    signer = Signer.generate("meet.example/log-1")
    key = tmp_path / "signing.key"
    key.write_text(signer.secret() + "\n", encoding="ascii")
    folder = tmp_path / "state"
    EventLog(folder, host="unused", key=key).append([event()])
    assert not (folder / KEY).exists()
    assert verify(folder, signer.verifier).bad_line is None
    key.unlink()
    with pytest.raises(OSError, match=r"signing\.key"):
        EventLog(folder, host="unused", key=key).append([event()])
