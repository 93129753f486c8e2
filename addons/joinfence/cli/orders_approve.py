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
        typer.Option("--key", help="Your private key; the public one if an agent holds it.", metavar="FILE"),
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, for scripts.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Approve an order: shows what it would change, asks, and signs the file as it stands.

    The signature is made by `ssh-keygen -Y sign` and put beside the order. An edit afterwards voids it. The
    exit status is 1 if you say no.
    """
    now = datetime.now(UTC)
    settings = main_file(config)
    signers_file = settings.approvals.signers
    if signers_file is None:
        fail(f"{config} has no approvals.signers: say there whose signatures count")
    path = find(config, settings, order_id)[0].path
    shown = path.read_bytes()  # before it is loaded and shown, and again after: so it is what is signed
    _, order = loaded_order(config, order_id, now)
    print_plan(order, now, None)
    if not yes and not typer.confirm("\nSign it?"):
        raise typer.Exit(REFUSED)
    if path.read_bytes() != shown:
        fail(f"{path} was edited meanwhile; nothing is signed")
    signature = _signed(shown, key)
    signer = _signer(signature, read_signers(beside(config, signers_file)), key)
    _put(signature, path.with_name(path.name + SUFFIX) / f"{signer.name}{SUFFIX}")
    _, order = loaded_order(config, order_id, now)
    typer.echo(f"{order_id} is signed by {signer.name}; it is {STANDINGS[standing(order, now)].now}")
    for fault in faults_at(order.approvals, now):
        typer.echo(f"  {printable(fault.message)}")


def _signed(order: bytes, key: Path) -> bytes:
    """Return the signature; ssh-keygen itself asks for a passphrase, on the terminal."""
    command = ["ssh-keygen", "-Y", "sign", "-n", APPROVE, "-f", str(key)]
    try:
        done = subprocess.run(command, input=order, capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        fail(f"ssh-keygen cannot be run: {error.strerror}; it comes with OpenSSH's client")
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        fail(f"ssh-keygen could not sign with {key}: {said[-1] if said else 'it does not say why'}")
    return done.stdout


def _signer(signature: bytes, signers: Signers, key: Path) -> AllowedSigner:
    claims = read_claims(signature)
    named = [each for each in signers if claims and each.key == claims.key]
    if not named:
        of = f", {claims.key}," if claims else ""
        fail(f"the key {key}{of} is not in the list of signers; nothing is written")
    return named[0]


def _put(signature: bytes, path: Path) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, signature, mode=umask_mode(), fsync=True)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
