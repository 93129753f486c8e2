"""The signatures beside the orders, verified once for each change of a file.

Beside `ORDER.yaml` stands the folder `ORDER.yaml.sig` with a file `ROLE-NAME.sig` for each signature. The
names are for people: who signed is said by the key, and what for by the namespace, which was signed as well.
"""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.background.progress import Progress
from joinfence.config.approvals.cache import Verified
from joinfence.config.approvals.signature_file import SigningPolicy, Stop, read_signature_file
from joinfence.config.files import file_stamp
from joinfence.config.yaml.document import LARGEST_FILE, read_bytes
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.approvals import ApprovalFault, Approvals, Fault, Signature, approvals_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from joinfence.config.approvals.signature_file import Found
    from joinfence.config.order_store.stored import Stored

SUFFIX: Final = ".sig"
"""What follows the name of an order's file in that of its folder of signatures, and ends theirs."""

MOST_SIGNATURES: Final = 32
"""Files beside one order; with more, none is verified and the order is out of force: one could suspend it."""

_AT_ONCE: Final = 2

type Files = tuple[tuple[str, int | None], ...]


def signature_files(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return order file -> its signature files, sorted, for each that has a folder for them."""
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
            ][: MOST_SIGNATURES + 1]
    return found


def _orders_with_signatures(folder: str) -> list[str]:
    return [name.removesuffix(SUFFIX) for name in _names(folder) if name.endswith(SUFFIX)]


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - texts, not paths
    except OSError:
        return []


class ApprovalsReader:
    """Remembers the approvals it has read, and what it has verified for them."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._policy = SigningPolicy()
        self._known: dict[str, tuple[bytes, Files, Approvals]] = {}
        self._verified: Verified | None = None

    def read(
        self, entries: Mapping[str, Stored], policy: SigningPolicy, state: Path | None
    ) -> dict[str, Approvals]:
        """Return id -> approvals of the orders that have signatures; `entries` is path -> order as held.

        `state` is the folder where verifications are kept if there are many.
        """
        if policy != self._policy:
            self._policy, self._known = policy, {}
        if not policy.signers:
            return {}
        verified = self._verified = self._verified or Verified(state)
        files = {
            path: tuple((file, file_stamp(file)) for file in found)
            for path, found in signature_files(entries).items()
        }
        known = {
            path: self._known[path] for path in files if self._is_known(path, entries[path], files[path])
        }
        unknown = [path for path in files if path not in known]

        def read_one(path: str) -> Approvals:
            return _approvals(path, entries[path].digest, files[path], policy, verified)

        progress = Progress("verifying approvals", len(unknown))
        with ThreadPoolExecutor(_AT_ONCE) as pool:  # processes do the work
            for path, approvals in zip(unknown, pool.map(read_one, unknown), strict=True):
                known[path] = entries[path].digest, files[path], approvals
                progress.step()
        verified.keep()
        self._known = known
        return {entries[path].id: approvals for path, (_digest, _files, approvals) in known.items()}

    def _is_known(self, path: str, entry: Stored, files: Files) -> bool:
        return path in self._known and self._known[path][:2] == (entry.digest, files)


def _approvals(
    path: str, digest: bytes, files: Files, policy: SigningPolicy, verified: Verified
) -> Approvals:
    if len(files) > MOST_SIGNATURES:
        message = (
            f"more than {MOST_SIGNATURES} files in {Path(path).name}{SUFFIX}: none of them is read, and the "
            "order is out of force, since one could suspend it; remove those that are no signatures"
        )
        return Approvals(
            required=policy.required, periods=(), faults=(ApprovalFault(Fault.TOO_MANY, message),)
        )
    try:
        order = read_bytes(Path(path), LARGEST_FILE)
    except ConfigError:
        order = b""  # what was verified before still counts
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
