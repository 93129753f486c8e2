"""One order file to what is held of it, or to its problems; and whether what is held is still right."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.files import file_stamp
from joinfence.config.order_store.stored import Stored, stored
from joinfence.config.orders.reader import read_order
from joinfence.config.yaml.document import LARGEST_FILE, read_bytes, read_document
from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from joinfence.config.files import FileStamp
    from joinfence.config.yaml.document import Document
    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority

SETTLED: Final = 2.0
"""Seconds after which a file's stamp tells every later edit from this state (Git calls the rest racy)."""

type Reading = Stored | tuple[Problem, ...]


def read_order_file(
    path: str, register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]], now: datetime
) -> Reading:
    """Return the order in a file as it is held, or every problem of the file."""
    settled = _is_settled(path)
    own = file_stamp(path)
    try:
        read = read_document(Path(path))
        local = _local_copy(read)
        stamp = _combined(own, local)
        order = read_order(read, register=register, services=services, now=now)
    except ConfigError as error:
        return error.problems
    digest = hashlib.sha256(read.raw).digest()
    return stored(order, stamp=stamp, settled=settled, document=local, digest=digest)


def is_of(path: str, entry: Stored, stamp: Callable[[str], FileStamp] = file_stamp) -> bool:
    """Tell whether an order as it is held is still what its file holds, going by the signatures."""
    now = stamp(path)
    if entry.document:
        now = _combined(now, entry.document)
    return now is not None and now == entry.stamp


def by_content(path: str, known: Mapping[bytes, Stored]) -> Stored | None:
    """Return the known order of a file's content, None for one that depends on a local document as well."""
    settled, stamp = _is_settled(path), file_stamp(path)
    try:
        entry = known.get(hashlib.sha256(read_bytes(Path(path), LARGEST_FILE + 1)).digest())
    except ConfigError:
        return None
    return entry._replace(stamp=stamp, settled=settled) if entry and not entry.document else None


def _local_copy(read: Document) -> str:
    """Return the path of the document's local copy that an order names, empty where it names none."""
    document = read.data.get("document") if isinstance(read.data, dict) else None
    name = document.get("file") if isinstance(document, dict) else None
    return str(read.path.parent / name) if isinstance(name, str) else ""


def _combined(own: FileStamp, document: str) -> FileStamp:
    return hash((own, file_stamp(document))) if document and own is not None else own


def _is_settled(path: str) -> bool:
    """Tell whether a file was last changed long enough ago for its stamp to be relied on."""
    try:
        return time.time() - os.stat(path).st_ctime > SETTLED  # noqa: PTH116 - paths are texts here
    except OSError:
        return False
