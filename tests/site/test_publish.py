"""A site is replaced in one step; other files stay, and a failure leaves the old site."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from joinfence.site import publish as module
from joinfence.site.publish import exclusive, publish
from tests.site.samples import tree


@pytest.fixture(params=[True, False], ids=["exchange", "file by file"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(module, "_exchange", lambda fresh, out: False)  # noqa: ARG005 - the same names


@pytest.mark.usefixtures("_way")
def test_files_are_added_and_replaced_and_other_files_stay(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "legal"
    publish({"index.json": b"1", "a/index.html": b"1"}, out)
    (out / "documents").mkdir()
    (out / "documents" / "order.pdf").write_bytes(b"scan")
    publish({"index.json": b"2", "b/index.html": b"2"}, out)
    assert tree(out) == {
        "index.json": b"2",
        "a/index.html": b"1",
        "b/index.html": b"2",
        "documents/order.pdf": b"scan",
    }
    assert [path.name for path in out.parent.iterdir()] == ["legal"]


def test_others_may_read_the_site(tmp_path: Path) -> None:
    publish({"a/index.html": b""}, tmp_path / "legal")
    for path in (tmp_path / "legal", tmp_path / "legal" / "a", tmp_path / "legal" / "a" / "index.html"):
        assert path.stat().st_mode & 0o044, path


def test_a_symbolic_link_to_the_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(tmp_path / "site")
    publish({"index.json": b"1"}, tmp_path / "current")
    publish({"index.json": b"2"}, tmp_path / "current")
    assert (tmp_path / "current").is_symlink()
    assert (tmp_path / "site" / "index.json").read_bytes() == b"2"


@pytest.mark.usefixtures("_way")
def test_nothing_is_written_through_a_link_out_of_the_site(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "legal", tmp_path / "elsewhere"
    publish({"index.json": b"1"}, out)
    elsewhere.mkdir()
    (out / "orders").symlink_to(elsewhere)
    for path in ("orders/a.html", "orders/deep/a.html"):
        with pytest.raises(
            OSError, match=r"A link in the site points outside of it; remove the link: .*orders"
        ):
            publish({path: b"2", "index.json": b"2"}, out)
    assert list(elsewhere.iterdir()) == []
    assert (out / "index.json").read_bytes() == b"1"


@pytest.mark.usefixtures("_way")
def test_a_link_to_a_folder_in_the_site_is_followed_and_a_link_instead_of_a_file_is_replaced(
    tmp_path: Path,
) -> None:
    out, secret = tmp_path / "legal", tmp_path / "secret"
    publish({"real/a.html": b"1"}, out)
    secret.write_bytes(b"kept")
    (out / "orders").symlink_to("real")
    (out / "index.html").symlink_to(secret)
    publish({"orders/a.html": b"2", "index.html": b"2"}, out)
    assert (out / "real" / "a.html").read_bytes() == b"2"
    assert (secret.read_bytes(), (out / "index.html").read_bytes()) == (b"kept", b"2")


def test_a_failure_leaves_the_old_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "legal"
    publish({"a.html": b"old", "index.json": b"old"}, out)
    monkeypatch.setattr(Path, "replace", no_space_for_the_index)
    with pytest.raises(OSError, match="No space left"):
        publish({"a.html": b"new", "index.json": b"new"}, out)
    assert tree(out) == {"a.html": b"old", "index.json": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["legal"]


def no_space_for_the_index(self: Path, target: Path) -> Path:
    if target.name == "index.json":
        raise OSError(errno.ENOSPC, "No space left on device")
    os.replace(self, target)  # noqa: PTH105 - Path.replace is this function by now
    return target


def test_without_the_exchange_a_failure_leaves_whole_files_and_the_old_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "legal"
    publish({"a.html": b"old", "index.json": b"old"}, out)

    def cannot(_fresh: Path, _out: Path) -> bool:
        monkeypatch.setattr(Path, "replace", no_space_for_the_index)
        return False

    monkeypatch.setattr(module, "_exchange", cannot)
    with pytest.raises(OSError, match="No space left"):
        publish({"a.html": b"new", "index.json": b"new"}, out)
    assert tree(out) == {"a.html": b"new", "index.json": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["legal"]


KILLED = """
import os, signal, sys
from pathlib import Path
from joinfence.site import publish as module

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

module._exchange = kill
module.publish({"a.html": b"new", "index.json": b"new"}, Path(sys.argv[1]))
"""


def test_the_next_build_removes_the_folder_of_a_killed_build(tmp_path: Path) -> None:
    out = tmp_path / "legal"
    publish({"a.html": b"old", "documents/order.pdf": b"scan", "index.json": b"old"}, out)
    (out / "documents").chmod(0o500)  # a folder of the operator's own
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", KILLED, out], check=False).returncode == -signal.SIGKILL
        assert {path.name for path in tmp_path.iterdir()} == {"legal", ".legal.new"}
    assert tree(out)["index.json"] == b"old"
    publish({"a.html": b"new", "index.json": b"new"}, out)
    assert tree(out) == {"a.html": b"new", "documents/order.pdf": b"scan", "index.json": b"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["legal"]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002], ids=oct)
def test_the_umask_decides_who_may_read_the_site(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        publish({"a.html": b"1", "index.json": b"1"}, tmp_path / "legal")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "legal").iterdir()} == {0o666 & ~umask}


def test_a_reader_always_finds_a_complete_site(tmp_path: Path) -> None:
    out = tmp_path / "legal"
    sites = [{"a.html": bytes([n]), "index.json": bytes([n])} for n in (0, 1)]
    publish(sites[0], out)
    missing: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                (out / "index.json").read_bytes()
            except FileNotFoundError as error:
                missing.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(30):
        publish(sites[n % 2], out)
    done.set()
    reader.join()
    assert missing == []


def test_builds_of_the_same_folder_wait_for_each_other(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with exclusive(tmp_path / "legal"):
            order.append("second")

    with exclusive(tmp_path / "legal"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_system_without_renameat2_still_publishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_options: object())
    publish({"index.json": b"1"}, tmp_path / "legal")
    publish({"index.json": b"2"}, tmp_path / "legal")
    assert tree(tmp_path / "legal") == {"index.json": b"2"}
