"""Loads the configuration files into one policy. Everything is read and checked before anything is used."""

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
    """A policy, and the settings and facts that belong to it.

    `warnings` are problems that did not prevent loading; `doubts` are settings that are valid but probably a
    mistake. `digests` is path -> SHA-256 of the version in use of the main file and of the text files that it
    names, `order_digests` is id -> SHA-256 of the order's file. `approvals` is id -> approvals of the orders
    that have signatures. `order_dependencies` is everything else, besides its file, that an order's standing
    depends on, as values that can be compared.
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
    order_dependencies: tuple[object, ...] = ()

    def stale(self, now: datetime) -> list[str]:
        """Return the names of the location sources that are older than allowed at an aware instant."""
        return [source.name for source in self.sources if source.is_stale(now)]


class Loader:
    """Loads one configuration, as often as it changes. Files that have not changed are not read again.

    After the first load, a broken edit affects only its own file: the last good version stays in use, and its
    problems become warnings. An edit of the main file is taken whole or not at all: it is held back if there
    are problems in the main file, or in a file that it names for the first time.
    """

    def __init__(self, main: Path) -> None:
        """Take the path of the main file."""
        self.main = main
        self._memory = Memory(Databases(), OrderReader())
        self._in_use: Candidate | None = None
        self._settings_read: list[SettingsFile] = []
        self._approvals = ApprovalsReader()
        self._digests = TextDigests()
        self._watcher = Watcher()

    def fingerprint(self) -> Fingerprint:
        """Return path -> stamp of every file that the configuration consisted of when it was last loaded.

        Includes the files named by a main file that is held back, since one of them may be the cause.
        """
        if not self._settings_read:
            return {str(self.main): file_stamp(self.main)}
        files = self._memory.orders.folder.documents()
        for settings in self._settings_read:
            files += files_of(self.main, settings)
            if settings.approvals.signers:
                for signatures in signature_files(matching(self.main, settings.orders)).values():
                    files += signatures
        return self._watcher.stamps(files if len(self._settings_read) == 1 else [*dict.fromkeys(files)])

    def stop_watching(self) -> None:
        """Stop the watcher process; the next fingerprint restarts it."""
        self._watcher.end()

    def load(self, now: datetime, fingerprint: Fingerprint | None = None) -> Loaded:
        """Return the policy that the files describe. `now` is aware.

        A `fingerprint` taken just before saves checking again which orders have changed. Raises ConfigError
        with the problems of all files if there has been no policy yet. An unusable location file is only a
        warning if it was usable before: the reader that is open stays in use.
        """
        before, fingerprint = self._in_use, fingerprint or {}
        self._settings_read = []
        candidate, problems = self._attempt(now, fingerprint)
        if candidate is None or (problems and before is None):
            if before is None:
                raise ConfigError(problems)
            # The main file is held back: read the files that the previous version of it names.
            candidate = self._read(before.settings, before.document, now, fingerprint)
            candidate.problems += problems
            candidate.held_back.add(os.fspath(self.main))
        loaded = self._loaded(candidate)
        self._in_use = candidate
        return loaded

    def _attempt(self, now: datetime, fingerprint: Fingerprint) -> tuple[Candidate | None, list[Problem]]:
        """Return what the files describe, or None if the main file is held back; and all problems."""
        try:
            settings, document = read_settings(self.main)
        except ConfigError as error:
            return None, [*error.problems]
        candidate = self._read(settings, document, now, fingerprint)
        return None if self._is_held_back(candidate) else candidate, candidate.problems

    def _read(
        self, settings: SettingsFile, document: Document, now: datetime, fingerprint: Fingerprint
    ) -> Candidate:
        """Read all parts that a main file names."""
        self._settings_read.append(settings)
        candidate = Candidate(
            main=self.main,
            settings=settings,
            document=document,
            now=now,
            memory=self._memory,
            fingerprint=fingerprint,
            values=dict(self._in_use.values) if self._in_use else {},
        )
        candidate.read(PARTS)
        return candidate

    def _is_held_back(self, candidate: Candidate) -> bool:
        """Return whether the main file, or a file that it names for the first time, has problems."""
        named = set(texts_of(self.main, candidate.settings))
        if self._in_use:
            named -= set(texts_of(self.main, self._in_use.settings))
        broken = {os.fspath(problem.path) for problem in candidate.problems}
        return not broken.isdisjoint({*named, os.fspath(self.main)})

    def _loaded(self, candidate: Candidate) -> Loaded:
        """Combine the parts into a policy and its settings."""
        orders, sources = candidate[ORDERS], candidate[SOURCES]
        approvals = self._approvals.read(
            orders.entries, candidate[SIGNING], state_folder(self.main, candidate.settings)
        )
        unsigned = approvals_of(candidate[SIGNING].required, ())
        folder = self._memory.orders.folder
        index = folder.index(approvals, unsigned, candidate[PUBLIC])
        digests = self._digests.of(
            texts_of(self.main, candidate.settings),
            held_back=candidate.held_back | {os.fspath(problem.path) for problem in candidate.problems},
        )
        return Loaded(
            policy=_policy(candidate, index, revision(digests.values(), folder.digest(), candidate[PUBLIC])),
            settings=candidate.settings,
            sources=sources.sources,
            warnings=tuple(sorted({*candidate.problems, *sources.warnings, *_missing_pages(candidate)})),
            doubts=tuple(candidate[CLIENT_ADDRESS].warnings),
            branding=candidate[BRANDING],
            main=self.main,
            digests=digests,
            order_digests=folder.digests(),
            approvals=approvals,
            order_dependencies=(orders.definitions.context.register, unsigned, candidate[PUBLIC]),
        )


def _policy(candidate: Candidate, orders: OrderIndex, revision_id: str) -> Policy:
    settings = candidate.settings
    return Policy(
        client_address=candidate[CLIENT_ADDRESS].policy,
        on_undetermined=OnUndetermined(settings.on_undetermined),
        rules=RuleSet(candidate[ORDERS].definitions.rules),
        orders=orders,
        locate=Locator(
            corrections=candidate[CORRECTIONS],
            sources=candidate[SOURCES].sources,
            agreement=Agreement(settings.location.agreement),
        ),
        revision=revision_id,
    )


def _missing_pages(candidate: Candidate) -> list[Problem]:
    """Return a problem if no order can be in force because the public pages have not been built yet."""
    return [
        candidate.document.problem(
            ("public_before_effective",), f"{path} is missing, so no order is in force: {_BUILD}"
        )
        for path in published_index(candidate.main, candidate.settings)
        if not path.exists()
    ]
