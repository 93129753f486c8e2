"""Child processes: starting, sending and ending."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from joinfence.background import subprocesses
from joinfence.background.subprocesses import end, send, start

if TYPE_CHECKING:
    from pathlib import Path


def test_a_module_s_main_runs_gets_what_is_sent_and_is_ended(tmp_path: Path) -> None:
    process = start("joinfence.config.order_store.watcher")
    assert process.stdout
    send(process, [str(tmp_path / "missing")])
    send(process, [])
    assert json.loads(process.stdout.readline()) == []
    assert process.poll() is None
    end(process)
    assert process.poll() is not None


def test_sending_to_a_process_that_has_ended_raises_oserror() -> None:
    process = start("joinfence.config.order_store.watcher")
    process.kill()
    process.wait()
    with pytest.raises(OSError, match=r"[Pp]ipe"):
        send(process, ["-" * (1 << 20)])
    end(process)


def test_a_process_that_cannot_be_killed_is_not_waited_for_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocesses, "_SECONDS_TO_END", 0.1)
    monkeypatch.setattr(subprocesses, "_START", "import time; time.sleep(60)")
    process = start("any")
    with monkeypatch.context() as patch:
        patch.setattr(subprocess.Popen, "kill", lambda _self: None)
        end(process)
    assert process.poll() is None
    end(process)
    assert process.poll() is not None
