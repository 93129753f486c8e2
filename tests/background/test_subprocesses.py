"""Processes of our own: started, spoken to and ended."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from joinfence.background import subprocesses
from joinfence.background.subprocesses import end, send, start

if TYPE_CHECKING:
    from pathlib import Path


def test_a_module_s_main_is_started_spoken_to_and_ended(tmp_path: Path) -> None:
    process = start("joinfence.config.order_store.watcher")
    assert process.stdout
    send(process, [str(tmp_path / "missing")])
    send(process, [])
    assert json.loads(process.stdout.readline()) == []
    assert process.poll() is None
    end(process)
    assert process.poll() is not None


def test_what_is_said_to_a_process_that_is_gone_is_an_error_of_the_system() -> None:
    process = start("joinfence.config.order_store.watcher")
    process.kill()
    process.wait()
    with pytest.raises(OSError, match=r"[Pp]ipe"):
        send(process, ["-" * (1 << 20)])
    end(process)


def test_one_that_hangs_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocesses, "_SECONDS_TO_END", 0.1)
    monkeypatch.setattr(subprocesses, "_START", "import time; time.sleep(60)")
    process = start("any")
    with monkeypatch.context() as patch:
        patch.setattr(subprocess.Popen, "kill", lambda _self: None)
        end(process)
    assert process.poll() is None
    end(process)
    assert process.poll() is not None
