from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from joinfence.config.approvals import ssh_keygen as module
from joinfence.config.approvals.ssh_keygen import NOT_RUN, is_installed, ssh_keygen
from tests.signing import public

if TYPE_CHECKING:
    import pytest


def test_the_result_holds_the_exit_status_and_the_output() -> None:
    done = ssh_keygen("-l", "-f", "/dev/stdin", given=public("anna").encode())
    assert (done.returncode, done.stdout.split()[1][:7]) == (0, b"SHA256:")
    assert ssh_keygen("-l", "-f", "/dev/stdin", given=b"no key").returncode > 0


def test_a_missing_ssh_keygen_is_reported_as_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_installed()
    monkeypatch.setenv("PATH", "/nowhere")
    assert not is_installed()
    assert ssh_keygen("-l", given=b"").returncode == NOT_RUN


def test_a_hanging_ssh_keygen_is_reported_as_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired([], module._TIMEOUT_SECONDS)

    monkeypatch.setattr(subprocess, "run", hang)
    assert ssh_keygen("-l", given=b"").returncode == NOT_RUN
