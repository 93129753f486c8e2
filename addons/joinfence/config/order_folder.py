"""All order files of a configuration; a file that has not changed is not read again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.document import read_document
from joinfence.config.files import signature
from joinfence.config.orders import read_order
from joinfence.config.problems import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from joinfence.config.files import Signature
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.values import Authority, Order


class OrderFolder:
    """Remembers the orders it has read, for as long as register and services stay the same."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._known: dict[str, tuple[Signature, Order, bytes]] = {}
        self._basis: object = None

    def read(
        self,
        paths: Iterable[str],
        *,
        register: Mapping[str, Authority],
        services: Mapping[str, tuple[Step, ...]],
        now: datetime,
    ) -> list[Order]:
        """Return the orders in the files. Raises ConfigError with the problems of all files."""
        basis = (dict(register), dict(services))
        if basis != self._basis:
            self._known, self._basis = {}, basis
        known: dict[str, tuple[Signature, Order, bytes]] = {}
        problems: list[Problem] = []
        for path in paths:
            stamp = signature(path)
            if path in self._known and self._known[path][0] == stamp:
                known[path] = self._known[path]
                continue
            try:
                document = read_document(Path(path))
                order = read_order(document, register=register, services=services, now=now)
            except ConfigError as error:
                problems += error.problems
            else:
                known[path] = (stamp, order, hashlib.sha256(document.text.encode()).digest())
        self._known = known
        problems += _repeated_ids(known)
        if problems:
            raise ConfigError(problems)
        return [order for _stamp, order, _digest in known.values()]

    def digests(self) -> list[bytes]:
        """Return the digests of the files last read, by order id."""
        return [
            digest for _stamp, _order, digest in sorted(self._known.values(), key=lambda entry: entry[1].id)
        ]


def _repeated_ids(known: Mapping[str, tuple[Signature, Order, bytes]]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for path, (_stamp, order, _digest) in known.items():
        if order.id in first:
            message = f"the id {order.id} is taken by {first[order.id]}; ids are never reused"
            problems.append(read_document(Path(path)).problem(("id",), message))
        first.setdefault(order.id, path)
    return problems
