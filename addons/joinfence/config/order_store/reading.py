"""Reads one order file into a stored order or its problems, and tells whether a stored order is current."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.files import file_stamp
from joinfence.config.order_store.stored import StoredOrder, encode_order
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
"""Seconds after an edit until the stamp of the file is reliable.

A second edit within the same tick of the file system's clock would not change the stamp (Git calls such a
file "racily clean").
"""

type Reading = StoredOrder | tuple[Problem, ...]


def read_order_file(
    path: str, register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]], now: datetime
) -> Reading:
    """Return the order in a file as a stored order, or all problems of the file."""
    settled = _is_settled(path)
    own = file_stamp(path)
    try:
        document = read_document(Path(path))
        copy = _local_copy(document)
        stamp = _combined(own, copy)
        order = read_order(document, register=register, services=services, now=now)
    except ConfigError as error:
        return error.problems
    digest = hashlib.sha256(document.raw).digest()
    return encode_order(order, stamp=stamp, settled=settled, document=copy, digest=digest)


def is_current(path: str, entry: StoredOrder, stamp: Callable[[str], FileStamp] = file_stamp) -> bool:
    """Return whether a stored order still matches its file, judging by the stamps."""
    current = stamp(path)
    if entry.document:
        current = _combined(current, entry.document)
    return current is not None and current == entry.stamp


def find_by_content(path: str, by_digest: Mapping[bytes, StoredOrder]) -> StoredOrder | None:
    """Return the order with a file's digest; None if there is none, or if it also depends on a document."""
    settled, stamp = _is_settled(path), file_stamp(path)
    try:
        entry = by_digest.get(hashlib.sha256(read_bytes(Path(path), LARGEST_FILE + 1)).digest())
    except ConfigError:
        return None
    return entry._replace(stamp=stamp, settled=settled) if entry and not entry.document else None


def _local_copy(order: Document) -> str:
    """Return the path of the local copy of an order's document; empty if the order names none."""
    fields = order.data.get("document") if isinstance(order.data, dict) else None
    name = fields.get("file") if isinstance(fields, dict) else None
    return str(order.path.parent / name) if isinstance(name, str) else ""


def _combined(own: FileStamp, document: str) -> FileStamp:
    return hash((own, file_stamp(document))) if document and own is not None else own


def _is_settled(path: str) -> bool:
    """Return whether a file was last changed so long ago that its stamp is reliable."""
    try:
        return time.time() - os.stat(path).st_ctime > SETTLED  # noqa: PTH116 - text, not Path
    except OSError:
        return False
