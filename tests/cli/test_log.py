"""`joinfence log`: verifying, heads, keys and proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.records.log.files import EVENTS, HEADS, KEY
from joinfence.records.log.signed_note import Signer
from tests.config_files import copy_configs
from tests.records.logs import event, verifier, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["log", *map(str, arguments)])


@pytest.fixture
def state(tmp_path: Path) -> Path:
    write_log(tmp_path / "state", 1, 2, 3)
    return tmp_path / "state"


def test_an_unchanged_log_is_verified(state: Path) -> None:
    done = run("verify", "--state", state)
    assert done.exit_code == 0
    assert done.output.startswith("6 lines are unchanged since they were written; root ")


def test_a_changed_line_is_reported_with_its_file(state: Path) -> None:
    text = (state / EVENTS).read_bytes().replace(b"DE-2026-0003", b"FR-2026-0003")
    (state / EVENTS).write_bytes(text)
    done = run("verify", "--state", state)
    assert (done.exit_code, done.output) == (
        1,
        f"{state / EVENTS}: line 4 was changed: the link of the next line does not match it\n",
    )


def test_a_kept_head_reveals_a_log_rewritten_with_the_key(state: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(run("head", "--state", state).output, encoding="utf-8")
    assert run("verify", "--state", state, "--since", kept).exit_code == 0
    for name in (EVENTS, HEADS):
        (state / name).unlink()
    secret = (state / KEY).read_text(encoding="ascii")
    (state / KEY).rename(tmp_path / "key")
    write_log(state, 1)
    (state / KEY).write_text(secret, encoding="ascii")
    for name in (EVENTS, HEADS):
        (state / name).unlink()
    from joinfence.records.log.writer import EventLog  # noqa: PLC0415 - beside its one use

    EventLog(state, host="x", key=state / KEY).append([event(9)] * 7)
    assert run("verify", "--state", state).exit_code == 0
    done = run("verify", "--state", state, "--since", kept)
    assert done.exit_code == 1
    assert "line 1 (or a later one, up to line 6) was changed" in done.output


def test_a_proof_is_verified_without_the_log(state: Path, tmp_path: Path) -> None:
    old, new, proof = tmp_path / "old", tmp_path / "new", tmp_path / "proof"
    old.write_text(run("head", "--state", state).output, encoding="utf-8")
    key = run("key", "--state", state).output.strip()
    assert key == str(verifier(state))
    from joinfence.records.log.writer import EventLog  # noqa: PLC0415 - beside its one use

    EventLog(state, host="x").append([event(7), event(8)])
    new.write_text(run("head", "--state", state).output, encoding="utf-8")
    proof.write_text(run("prove", old, "--state", state).output, encoding="utf-8")
    done = run("consistent", old, new, proof, "--key", key)
    assert (done.exit_code, done.output) == (0, "the log of 8 lines extends the log of 6 lines\n")
    lines = proof.read_text(encoding="utf-8").splitlines()
    proof.write_text("\n".join(lines[::-1]), encoding="utf-8")
    done = run("consistent", old, new, proof, "--key", key)
    assert (done.exit_code, done.output) == (1, "the log of 8 lines does not extend the log of 6 lines\n")
    other = str(Signer.generate(verifier(state).name).verifier)
    assert run("consistent", old, new, proof, "--key", other).exit_code == 2


def test_a_log_that_does_not_extend_a_checkpoint_gives_no_proof(state: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text(run("head", "--state", state).output, encoding="utf-8")
    text = (state / EVENTS).read_bytes()
    (state / EVENTS).write_bytes(text.replace(b"DE-2026-0003", b"FR-2026-0003"))
    done = run("prove", old, "--state", state)
    assert (done.exit_code, "does not begin with the lines" in done.stderr) == (2, True)
    (state / EVENTS).write_bytes(b"".join(text.splitlines(keepends=True)[:3]))
    assert run("prove", old, "--state", state).exit_code == 2


def test_the_configuration_determines_the_log_s_folder_and_key(tmp_path: Path) -> None:
    main, signer = copy_configs(tmp_path), Signer.generate("meet.example/log")
    (main.parent / "log.key").write_text(signer.secret(), encoding="ascii")
    with main.open("a", encoding="utf-8") as file:
        file.write("state: ../state\nevent_log: {key: log.key}\n")
    assert run("key", "--config", main).output == f"{signer.verifier}\n"
    done = run("verify", "--config", main)
    assert (done.exit_code, "No such file" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "--state", "{}", "--key", "x"), "--key: expected a verifier key"),
        (("verify", "--state", "{}/none"), "give the verifier key with --key"),
        (("verify", "--state", "{}", "--since", "{}/none"), "No such file"),
        (("verify", "--state", "{}", "--since", "{}/events.jsonl"), "expected a signed note"),
        (("verify", "--config", "{}/none.yaml"), "cannot be read"),
        (("head", "--state", "{}/none"), "No such file"),
        (("prove", "{}/none", "--state", "{}"), "No such file"),
        (("consistent", "{}/h", "{}/h", "{}/none", "--key", "{key}"), "No such file"),
        (("consistent", "{}/h", "{}/h", "{}/h", "--key", "{key}"), "expected hashes in base64, one per line"),
    ],
    ids=str,
)
def test_a_failure_is_reported(state: Path, arguments: tuple[str, ...], message: str) -> None:
    (state / "h").write_text(run("head", "--state", state).output, encoding="utf-8")
    key = run("key", "--state", state).output.strip()
    done = run(*(each.replace("{key}", key).replace("{}", str(state)) for each in arguments))
    assert done.exit_code == 2
    assert message in done.stderr


def test_an_invalid_key_is_reported(state: Path) -> None:
    (state / KEY).write_text("nothing", encoding="ascii")
    assert "expected a private key" in run("key", "--state", state).stderr
