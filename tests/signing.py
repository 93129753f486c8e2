"""Real keys and signatures for tests, made by ssh-keygen."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from joinfence.config.approvals.sshsig import APPROVE

_KEYS: Final = TemporaryDirectory(prefix="joinfence-keys-")


@cache
def key(name: str) -> Path:
    """Return a private key; the same name is the same key."""
    path = Path(_KEYS.name, name)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True)
    return path


def public(name: str) -> str:
    """Return type and base64 of a key's public half."""
    return " ".join(Path(f"{key(name)}.pub").read_text(encoding="utf-8").split()[:2])


def listed(*signers: tuple[str, str] | tuple[str, str, str]) -> str:
    """Return a list of allowed signers, each given as name, key and, if there are any, options."""
    lines = (" ".join((name, *options, public(of))) for name, of, *options in signers)
    return "".join(f"{line}\n" for line in lines)


def signed(content: bytes, by: str, namespace: str = APPROVE) -> bytes:
    """Return a signature of content by a key."""
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key(by)), "-n", namespace]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout


def sign(order: Path, by: str, file: str, namespace: str = APPROVE) -> Path:
    """Put a signature beside an order, in a file of a name; return it."""
    folder = order.with_name(f"{order.name}.sig")
    folder.mkdir(exist_ok=True)
    path = folder / f"{file}.sig"
    path.write_bytes(signed(order.read_bytes(), by, namespace))
    return path


def krl(path: Path, *names: str) -> Path:
    """Write OpenSSH's binary list of revoked keys."""
    keys = [f"{key(name)}.pub" for name in names]
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", path, *keys], check=True)
    return path
