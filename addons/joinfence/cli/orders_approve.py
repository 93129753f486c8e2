"""`joinfence orders approve`."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from joinfence.background.whole_files import umask_mode, write_whole
from joinfence.cli.configuration import find, loaded_order, main_file
from joinfence.cli.plan import print_plan
from joinfence.cli.shared import DEFAULT_CONFIG, REFUSED, ConfigOption, OrderArgument, fail, printable
from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.approvals.reader import SUFFIX
from joinfence.config.approvals.sshsig import APPROVE, read_claims
from joinfence.config.files import beside
from joinfence.engine.approvals import faults_at
from joinfence.engine.order import standing
from joinfence.text.standings import STANDINGS

if TYPE_CHECKING:
    from joinfence.config.approvals.allowed_signers import AllowedSigner

Signers = tuple["AllowedSigner", ...]


def approve(
    order_id: OrderArgument,
    key: Annotated[
        Path,
        typer.Option(
            "--key", help="Your private key, or its public key if an agent holds it.", metavar="FILE"
        ),
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation, for scripts.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Approve an order: show what it would change, ask for confirmation, and sign its file.

    The signature is made by `ssh-keygen -Y sign` and stored next to the order. Any later edit of the order
    makes it invalid. The exit status is 1 if you answer no.
    """
    now = datetime.now(UTC)
    settings = main_file(config)
    signers_file = settings.approvals.signers
    if signers_file is None:
        fail(f"{config} has no approvals.signers; set it to the path of a list of allowed signers")
    path = find(config, settings, order_id)[0].path
    # Read before the order is loaded and shown, and compared afterwards: what is signed is what was shown.
    shown = path.read_bytes()
    _, order = loaded_order(config, order_id, now)
    print_plan(order, now, None)
    if not yes and not typer.confirm("\nSign it?"):
        raise typer.Exit(REFUSED)
    if path.read_bytes() != shown:
        fail(f"{path} was edited in the meantime; nothing was signed")
    signature = _signed(shown, key)
    signer = _signer(signature, read_signers(beside(config, signers_file)), key)
    _write(signature, path.with_name(path.name + SUFFIX) / f"{signer.name}{SUFFIX}")
    _, order = loaded_order(config, order_id, now)
    typer.echo(f"{order_id} was signed by {signer.name}; it is {STANDINGS[standing(order, now)].now}")
    for fault in faults_at(order.approvals, now):
        typer.echo(f"  {printable(fault.message)}")


def _signed(order: bytes, key: Path) -> bytes:
    """Return the signature. If the key has a passphrase, ssh-keygen asks for it on the terminal."""
    command = ["ssh-keygen", "-Y", "sign", "-n", APPROVE, "-f", str(key)]
    try:
        done = subprocess.run(command, input=order, capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        fail(f"ssh-keygen cannot be run: {error.strerror}; install OpenSSH's client")
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        fail(f"ssh-keygen could not sign with {key}: {lines[-1] if lines else 'it gave no reason'}")
    return done.stdout


def _signer(signature: bytes, signers: Signers, key: Path) -> AllowedSigner:
    claims = read_claims(signature)
    named = [each for each in signers if claims and each.key == claims.key]
    if not named:
        identity = f" ({claims.key})" if claims else ""
        fail(f"the key {key}{identity} is not in the list of signers; nothing was written")
    return named[0]


def _write(signature: bytes, path: Path) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, signature, mode=umask_mode(), fsync=True)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
