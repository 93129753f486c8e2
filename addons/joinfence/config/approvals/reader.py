"""The signatures of the orders, verified again only when a file has changed.

Next to `ORDER.yaml`, the folder `ORDER.yaml.sig` holds one file `ROLE-NAME.sig` for each signature. The file
names are only for people: the key shows who signed, and the namespace, which is part of what was signed,
shows whether the signature approves or stops the order.

Reading happens in three steps, each of which skips what the one before has settled:

1. Only folders that exist are listed, so an order without signatures costs nothing.
2. An order whose content and signature files are unchanged (by digest and file stamp) keeps its approvals.
3. Of the remaining orders, each signature is looked up in the cache before ssh-keygen is run for it.

Whether an approval counts at a given time is not decided here. Keys may be valid for limited periods, so
`approvals_of` works out the periods in which enough keys in enough roles are valid. The engine only compares
the current time with them: an approval that ends with its key needs no reload.
"""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.background.progress import Progress
from joinfence.config.approvals.cache import SignatureCache
from joinfence.config.approvals.signature_file import SigningPolicy, Stop, read_signature_file
from joinfence.config.files import file_stamp
from joinfence.config.yaml.document import LARGEST_FILE, read_bytes
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.approvals import ApprovalFault, Approvals, Fault, Signature, approvals_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from joinfence.config.approvals.signature_file import Found
    from joinfence.config.order_store.stored import StoredOrder

SUFFIX: Final = ".sig"
"""The ending of signature files, and of the folder that holds them, after the name of the order's file."""

MAX_SIGNATURES: Final = 32
"""Signature files per order. With more, none is read and the order is not in force: one might suspend it."""

_WORKERS: Final = 2

type StampedFiles = tuple[tuple[str, int | None], ...]
"""Path and stamp of each signature file of an order."""


def signature_files(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return order file -> its signature files, sorted, for each order that has a signature folder."""
    by_folder: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        folder, _, name = path.rpartition(os.sep)
        by_folder[folder].add(name)
    found: dict[str, list[str]] = {}
    for folder, names in by_folder.items():
        for name in sorted(names.intersection(_orders_with_signatures(folder))):
            path = f"{folder}{os.sep}{name}"
            found[path] = [
                f"{path}{SUFFIX}{os.sep}{each}" for each in _names(path + SUFFIX) if each.endswith(SUFFIX)
            ][: MAX_SIGNATURES + 1]
    return found


def _orders_with_signatures(folder: str) -> list[str]:
    return [name.removesuffix(SUFFIX) for name in _names(folder) if name.endswith(SUFFIX)]


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - texts, not paths
    except OSError:
        return []


class ApprovalsReader:
    """Reads approvals, and remembers them and the signatures it has verified."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._policy = SigningPolicy()
        self._cached: dict[str, tuple[bytes, StampedFiles, Approvals]] = {}
        self._verified: SignatureCache | None = None

    def read(
        self, entries: Mapping[str, StoredOrder], policy: SigningPolicy, state: Path | None
    ) -> dict[str, Approvals]:
        """Return order id -> approvals for the orders that have signatures.

        `entries` is path -> order in use. `state` is the folder in which many verified signatures are kept.
        """
        if policy != self._policy:
            self._policy, self._cached = policy, {}
        if not policy.signers:
            return {}
        verified = self._verified = self._verified or SignatureCache(state)
        files = {
            path: tuple((file, file_stamp(file)) for file in found)
            for path, found in signature_files(entries).items()
        }
        current = {
            path: self._cached[path] for path in files if self._is_cached(path, entries[path], files[path])
        }
        outdated = [path for path in files if path not in current]

        def read_one(path: str) -> Approvals:
            return _approvals(path, entries[path].digest, files[path], policy, verified)

        progress = Progress("verifying approvals", len(outdated))
        with ThreadPoolExecutor(_WORKERS) as pool:  # threads suffice: ssh-keygen processes do the work
            for path, approvals in zip(outdated, pool.map(read_one, outdated), strict=True):
                current[path] = entries[path].digest, files[path], approvals
                progress.step()
        verified.keep()
        self._cached = current
        return {entries[path].id: approvals for path, (_digest, _files, approvals) in current.items()}

    def _is_cached(self, path: str, entry: StoredOrder, files: StampedFiles) -> bool:
        return path in self._cached and self._cached[path][:2] == (entry.digest, files)


def _approvals(
    path: str, digest: bytes, files: StampedFiles, policy: SigningPolicy, verified: SignatureCache
) -> Approvals:
    if len(files) > MAX_SIGNATURES:
        message = (
            f"more than {MAX_SIGNATURES} files in {Path(path).name}{SUFFIX}: none of them is read, and the "
            "order is not in force, because one might suspend it; remove those that are not signatures"
        )
        return Approvals(
            required=policy.required, periods=(), faults=(ApprovalFault(Fault.TOO_MANY, message),)
        )
    try:
        order = read_bytes(Path(path), LARGEST_FILE)
    except ConfigError:
        order = b""  # signatures verified before still count
    found: list[Found] = [
        read_signature_file(file, digest=digest, order=order, policy=policy, verified=verified)
        for file, _signature in files
    ]
    signatures: list[Signature] = []
    for each in found:
        if isinstance(each, tuple):
            signatures += each
    return approvals_of(
        policy.required,
        signatures,
        suspended_by=[each.signer for each in found if isinstance(each, Stop)],
        faults=[each for each in found if isinstance(each, ApprovalFault)],
    )
