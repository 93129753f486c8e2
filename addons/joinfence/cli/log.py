"""`joinfence log`: verifies the event log, and prints its head and proofs for others to keep."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from joinfence.cli.shared import DEFAULT_CONFIG, ConfigOption, console, fail, printable
from joinfence.config.files import beside
from joinfence.config.settings import read_settings
from joinfence.config.state import state_folder
from joinfence.config.yaml.problems import ConfigError
from joinfence.records.log.checkpoint import Checkpoint
from joinfence.records.log.checkpoints_file import last_head
from joinfence.records.log.files import EVENTS, HEADS, KEY, lines_of, locked
from joinfence.records.log.merkle import Tree, consistency_proof, is_consistent, leaf_hash
from joinfence.records.log.signed_note import NoteError, Signer, Verifier
from joinfence.records.log.verify import verify as verify_log

if TYPE_CHECKING:
    from collections.abc import Sequence

log = typer.Typer(
    name="log", help="Verify the event log, and print its head for others to keep.", no_args_is_help=True
)

StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="The state folder, if not the one of the configuration.", metavar="FOLDER"),
]
KeyOption = Annotated[
    str | None,
    typer.Option("--key", help="The verifier key, name+hash+key; by default that of the log's own key."),
]
_VERIFICATION_FAILED = 1


@log.command()
def verify(
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = None,
    key: KeyOption = None,
    since: Annotated[
        list[Path] | None,
        typer.Option(
            "--since", help="A checkpoint that was kept elsewhere; can be repeated.", metavar="FILE"
        ),
    ] = None,
) -> None:
    """Verify every line of the event log, and report the first that is not as it was written."""
    folder, own_key = _locate(config, state)
    verifier = _verifier(key, own_key)
    checkpoints = [_read_checkpoint(path, verifier) for path in since or []]
    out = console()
    try:
        errors = Console(stderr=True)
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("verifying", total=None)
            found = verify_log(
                folder, verifier, checkpoints, lambda lines: progress.update(task, completed=lines)
            )
    except OSError as error:
        fail(f"{folder / EVENTS}: {error.strerror}")
    if found.bad_line:
        out.print(f"{printable(str(folder / EVENTS))}: {found.bad_line}")
        raise typer.Exit(_VERIFICATION_FAILED)
    root = base64.b64encode(found.root).decode("ascii")
    out.print(f"{found.size} lines are unchanged since they were written; root {root}")


@log.command()
def head(config: ConfigOption = DEFAULT_CONFIG, state: StateOption = None) -> None:
    """Print the signed head of the event log, for others to keep and to verify the log against later."""
    folder, _own_key = _locate(config, state)
    try:
        with locked(folder, shared=True):
            note, _end = last_head(folder / HEADS)
    except OSError as error:
        fail(f"{folder / HEADS}: {error.strerror}")
    typer.echo(note, nl=False)


@log.command()
def key(config: ConfigOption = DEFAULT_CONFIG, state: StateOption = None) -> None:
    """Print the verifier key, for everybody who keeps heads of the log."""
    typer.echo(str(_verifier(None, _locate(config, state)[1])))


@log.command()
def prove(
    old: Annotated[Path, typer.Argument(help="The older checkpoint.", metavar="OLD")],
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = None,
) -> None:
    """Print a proof that the log has only grown since a checkpoint, one hash per line (RFC 6962, 2.1.2)."""
    folder, own_key = _locate(config, state)
    verifier = _verifier(None, own_key)
    before = _read_checkpoint(old, verifier)
    try:
        with locked(folder, shared=True):
            size = Checkpoint.parse(last_head(folder / HEADS)[0], verifier).size
        with (folder / EVENTS).open("rb") as file:
            leaves = [leaf_hash(line) for _, line in zip(range(size), lines_of(file), strict=False)]
        proof = consistency_proof(leaves, before.size)
    except OSError as error:
        fail(f"{folder}: {error.strerror}")
    except (NoteError, ValueError) as error:
        fail(f"{folder}: {error}")
    if Tree(leaves[: before.size]).root() != before.root:
        fail(
            f"{folder / EVENTS} does not begin with the lines that {old} covers; "
            f"run joinfence log verify --since {old}"
        )
    for step in proof:
        typer.echo(base64.b64encode(step).decode("ascii"))


@log.command()
def consistent(
    old: Annotated[Path, typer.Argument(help="The older checkpoint.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The newer checkpoint.", metavar="NEW")],
    proof: Annotated[Path, typer.Argument(help="What `joinfence log prove` printed.", metavar="PROOF")],
    key: Annotated[str, typer.Option("--key", help="The verifier key, name+hash+key.")],
) -> None:
    """Verify a proof that the log only grew between two checkpoints. The log itself is not needed."""
    verifier = _parse_verifier(key)
    first, second = _read_checkpoint(old, verifier), _read_checkpoint(new, verifier)
    hashes = _read_proof(proof)
    if not is_consistent(first.size, second.size, first.root, second.root, hashes):
        console().print(f"the log of {second.size} lines does not extend the log of {first.size} lines")
        raise typer.Exit(_VERIFICATION_FAILED)
    console().print(f"the log of {second.size} lines extends the log of {first.size} lines")


def _locate(config: Path, state: Path | None) -> tuple[Path, Path]:
    """Return the state folder and the path of the log's own signing key."""
    if state is not None:
        return state, state / KEY
    try:
        settings, _document = read_settings(config)
    except ConfigError as error:
        fail(*error.problems)
    folder, key = state_folder(config, settings), settings.event_log.key
    return folder, beside(config, key) if key else folder / KEY


def _verifier(text: str | None, own_key: Path) -> Verifier:
    if text is not None:
        return _parse_verifier(text)
    try:
        return Signer.parse(own_key.read_text(encoding="utf-8")).verifier
    except OSError as error:
        fail(f"{own_key}: {error.strerror}; give the verifier key with --key")
    except (NoteError, UnicodeDecodeError) as error:
        fail(f"{own_key}: {error}")


def _parse_verifier(text: str) -> Verifier:
    try:
        return Verifier.parse(text)
    except NoteError as error:
        fail(f"--key: {error}")


def _read_checkpoint(path: Path, verifier: Verifier) -> Checkpoint:
    try:
        return Checkpoint.parse(path.read_text(encoding="utf-8"), verifier)
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except (NoteError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")


def _read_proof(path: Path) -> Sequence[bytes]:
    try:
        return [base64.b64decode(line, validate=True) for line in path.read_text(encoding="utf-8").split()]
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except ValueError:
        fail(f"{path}: expected hashes in base64, one per line")
