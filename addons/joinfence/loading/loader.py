"""Configuration files to one policy: everything is read and checked before anything is used."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from joinfence.config.approvals.reader import ApprovalsReader, signature_files
from joinfence.config.branding import PLAIN, Branding
from joinfence.config.default_main import DEFAULT_MAIN
from joinfence.config.files import file_stamp, files_of, matching, published_index, texts_of
from joinfence.config.order_store.watcher import Watcher
from joinfence.config.settings import read_settings
from joinfence.config.state import state_folder
from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.engine.approvals import approvals_of
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.policy import OnUndetermined, Policy
from joinfence.loading.candidate import Candidate, Memory
from joinfence.loading.orders import OrderReader
from joinfence.loading.parts import (
    BRANDING,
    CLIENT_ADDRESS,
    CORRECTIONS,
    ORDERS,
    PARTS,
    PUBLIC,
    SIGNING,
    SOURCES,
)
from joinfence.loading.revision import TextDigests, revision
from joinfence.location.databases import Databases
from joinfence.location.locate import Agreement, Locator

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from joinfence.config.files import Fingerprint
    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.document import Document
    from joinfence.engine.approvals import Approvals
    from joinfence.engine.order_index import OrderIndex
    from joinfence.location.source import Source


_BUILD: Final = "build the public pages with `joinfence site build`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A policy and the settings beside it.

    `warnings` are problems that did not stop it, `doubts` what can be meant and mostly is not. `digests` is
    path -> SHA-256 of the texts in use, the main file's and those it names, and `order_digests` id -> SHA-256
    of the orders' files. `approvals` is id -> approvals of the orders that have signatures, and
    `orders_rest_on` all else that where an order stands depends on besides its file: it can be compared.
    """

    policy: Policy
    settings: SettingsFile
    sources: tuple[Source, ...]
    warnings: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()
    branding: Branding = PLAIN
    main: Path = DEFAULT_MAIN
    digests: Mapping[str, bytes] = field(default_factory=dict)
    order_digests: Mapping[str, bytes] = field(default_factory=dict)
    approvals: Mapping[str, Approvals] = field(default_factory=dict)
    orders_rest_on: tuple[object, ...] = ()

    def stale(self, now: datetime) -> list[str]:
        """Return the names of the location sources that are older than allowed, at an aware instant."""
        return [source.name for source in self.sources if source.is_stale(now)]


class Loader:
    """Reads one configuration, again and again; what stayed the same is kept.

    Once there was a policy, a broken edit holds back its own file and no other: of that file the last good
    version stays in use, and its problems are warnings.
    """

    def __init__(self, main: Path) -> None:
        """Take the path of the main file."""
        self.main = main
        self._memory = Memory(Databases(), OrderReader())
        self._in_use: Candidate | None = None
        self._followed: list[SettingsFile] = []
        self._approvals = ApprovalsReader()
        self._digests = TextDigests()
        self._watcher = Watcher()

    def fingerprint(self) -> Fingerprint:
        """Return every file the configuration consisted of when last read, with what changes with it.

        Those that a main file names which is held back are part of it: one of them may be why.
        """
        if not self._followed:
            return {str(self.main): file_stamp(self.main)}
        files = self._memory.orders.folder.documents()
        for settings in self._followed:
            files += files_of(self.main, settings)
            if settings.approvals.signers:
                for beside_order in signature_files(matching(self.main, settings.orders)).values():
                    files += beside_order
        return self._watcher.look(files if len(self._followed) == 1 else [*dict.fromkeys(files)])

    def end(self) -> None:
        """End what looks at the files. It begins again with the next fingerprint."""
        self._watcher.end()

    def load(self, now: datetime, seen: Fingerprint | None = None) -> Loaded:
        """Return the policy that the files describe. Raises ConfigError with all problems in all files.

        `now` is aware. `seen` is a fingerprint taken just before, which spares looking at the orders again.
        A location file that has become unusable is a warning: the reader that is open for it stays in use.
        """
        before, seen = self._in_use, seen or {}
        self._followed = []
        candidate, problems = self._attempt(now, seen)
        if candidate is None or (problems and before is None):
            if before is None:
                raise ConfigError(problems)
            candidate = self._read(before.settings, before.document, now, seen)
            candidate.problems += problems
            candidate.unused.add(os.fspath(self.main))
        loaded = self._loaded(candidate)
        self._in_use = candidate
        return loaded

    def _attempt(self, now: datetime, seen: Fingerprint) -> tuple[Candidate | None, list[Problem]]:
        """Return what the files describe, None where the main file cannot be taken, and all problems."""
        try:
            settings, document = read_settings(self.main)
        except ConfigError as error:
            return None, [*error.problems]
        candidate = self._read(settings, document, now, seen)
        return None if self._is_held_back(candidate) else candidate, candidate.problems

    def _read(
        self, settings: SettingsFile, document: Document, now: datetime, seen: Fingerprint
    ) -> Candidate:
        """Read all parts that a main file names."""
        self._followed.append(settings)
        candidate = Candidate(
            main=self.main,
            settings=settings,
            document=document,
            now=now,
            memory=self._memory,
            seen=seen,
            values=dict(self._in_use.values) if self._in_use else {},
        )
        candidate.read(PARTS)
        return candidate

    def _is_held_back(self, candidate: Candidate) -> bool:
        """Tell whether there are problems in the main file, or in a file that it names for the first time."""
        named = set(texts_of(self.main, candidate.settings))
        if self._in_use:
            named -= set(texts_of(self.main, self._in_use.settings))
        broken = {os.fspath(problem.path) for problem in candidate.problems}
        return not broken.isdisjoint({*named, os.fspath(self.main)})

    def _loaded(self, candidate: Candidate) -> Loaded:
        """Return the policy that the parts make up, with what stands beside it."""
        orders, sources = candidate[ORDERS], candidate[SOURCES]
        approvals = self._approvals.read(
            orders.entries, candidate[SIGNING], state_folder(self.main, candidate.settings)
        )
        otherwise = approvals_of(candidate[SIGNING].required, ())
        folder = self._memory.orders.folder
        index = folder.index(approvals, otherwise, candidate[PUBLIC])
        digests = self._digests.of(
            texts_of(self.main, candidate.settings),
            held_back=candidate.unused | {os.fspath(problem.path) for problem in candidate.problems},
        )
        return Loaded(
            policy=_policy(candidate, index, revision(digests.values(), folder.digest(), candidate[PUBLIC])),
            settings=candidate.settings,
            sources=sources.sources,
            warnings=tuple(sorted({*candidate.problems, *sources.warnings, *_unbuilt(candidate)})),
            doubts=tuple(candidate[CLIENT_ADDRESS].warnings),
            branding=candidate[BRANDING],
            main=self.main,
            digests=digests,
            order_digests=folder.digests(),
            approvals=approvals,
            orders_rest_on=(orders.by.context.register, otherwise, candidate[PUBLIC]),
        )


def _policy(candidate: Candidate, orders: OrderIndex, name: str) -> Policy:
    settings = candidate.settings
    return Policy(
        client_address=candidate[CLIENT_ADDRESS].policy,
        on_undetermined=OnUndetermined(settings.on_undetermined),
        rules=RuleSet(candidate[ORDERS].by.rules),
        orders=orders,
        locate=Locator(
            corrections=candidate[CORRECTIONS],
            sources=candidate[SOURCES].sources,
            agreement=Agreement(settings.location.agreement),
        ),
        revision=name,
    )


def _unbuilt(candidate: Candidate) -> list[Problem]:
    """Return the problem of public pages that have to be there before an order can be in force."""
    return [
        candidate.document.problem(
            ("public_before_effective",), f"{path} is missing, so no order is in force: {_BUILD}"
        )
        for path in published_index(candidate.main, candidate.settings)
        if not path.exists()
    ]
