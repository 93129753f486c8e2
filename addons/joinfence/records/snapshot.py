"""The loaded configuration, apart from orders, as events describe it; and files that were rejected."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.files import beside
from joinfence.config.orders.schema import ORDER_ID
from joinfence.records.diff import ConfigState
from joinfence.records.log.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joinfence.config.yaml.problems import Problem
    from joinfence.loading.loader import Loaded


def config_state_of(loaded: Loaded) -> ConfigState:
    """Return the state of the configuration other than orders."""
    settings, main = loaded.settings, loaded.main
    signing = [text for text in (settings.approvals.signers, settings.approvals.revoked) if text]
    register = [os.fspath(beside(main, settings.authorities))]
    signers = [os.fspath(beside(main, text)) for text in signing]
    others = [path for path in loaded.digests if path not in {*register, *signers}]
    return ConfigState(
        files={
            EventKind.REGISTER_CHANGED: _digest(loaded, register),
            EventKind.SIGNERS_CHANGED: _digest(loaded, signers),
            EventKind.CONFIG_CHANGED: _digest(loaded, others),
        },
        location=tuple(source.name for source in loaded.sources),
    )


def _digest(loaded: Loaded, paths: list[str]) -> str | None:
    """Return the SHA-256 of one file or, of several, of their digests in the order of their paths."""
    digests = [loaded.digests[path] for path in sorted(paths) if path in loaded.digests]
    if len(digests) > 1:
        return hashlib.sha256(b"".join(digests)).hexdigest()
    return digests[0].hex() if digests else None


def rejected_files(loaded: Loaded, problems: Iterable[Problem]) -> Iterator[tuple[str | None, str]]:
    """Yield, for each order file with problems, the id in its name (or None) and its SHA-256."""
    patterns = [os.fspath(beside(loaded.main, text)) for text in loaded.settings.orders]
    for path in dict.fromkeys(problem.path for problem in problems):
        if not any(fnmatch.fnmatch(os.fspath(path), pattern) for pattern in patterns):
            continue
        try:
            sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        except OSError:
            continue
        yield (path.stem if re.fullmatch(ORDER_ID, path.stem) else None), sha256
