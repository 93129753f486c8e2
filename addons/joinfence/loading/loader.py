"""Configuration files to one policy: everything is read and checked before anything is used."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.approvals.policy import read_signing_policy
from joinfence.config.approvals.reader import ApprovalsReader, signature_files
from joinfence.config.branding import PLAIN, Branding, read_branding
from joinfence.config.client_address import read_client_address
from joinfence.config.corrections import read_corrections
from joinfence.config.default_main import DEFAULT_MAIN
from joinfence.config.files import beside, file_stamp, files_of, matching, published_index, texts_of
from joinfence.config.order_store.folder import Basis, OrderFolder
from joinfence.config.order_store.paths import OrderPaths
from joinfence.config.order_store.watcher import Watcher
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.published import public_digests
from joinfence.config.services.reader import read_service
from joinfence.config.settings import read_settings
from joinfence.config.state import state_folder
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import Collector, ConfigError, Problem
from joinfence.engine.approvals import approvals_of
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.policy import OnUndetermined, Policy
from joinfence.loading.last_good import LastGood
from joinfence.location.corrections import Corrections
from joinfence.location.databases import Databases
from joinfence.location.locate import Agreement, Locator
from joinfence.location.registry import Registry
from joinfence.location.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from joinfence.config.files import Fingerprint
    from joinfence.config.order_store.stored import Stored
    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.document import Document
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.values import Approvals, Authority
    from joinfence.location.source import Source

type Services = dict[str, tuple[tuple[Step, ...], list[Rule]]]

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
        self._settings: SettingsFile | None = None
        self._good = LastGood()
        self._main: tuple[SettingsFile, Document] | None = None
        self._paths = OrderPaths()
        self._orders = OrderFolder()
        self._held: set[str] = set()
        self._in_use: tuple[Basis, list[Rule]] | None = None
        self._approvals = ApprovalsReader()
        self._databases = Databases()
        self._digests: dict[str, bytes] = {}
        self._watcher = Watcher()

    def fingerprint(self) -> Fingerprint:
        """Return every file the configuration consisted of when last read, with what changes with it."""
        if self._settings is None:
            return {str(self.main): file_stamp(self.main)}
        files = files_of(self.main, self._settings) + self._orders.documents()
        if self._settings.approvals.signers:
            for beside_order in signature_files(matching(self.main, self._settings.orders)).values():
                files += beside_order
        return self._watcher.look(files)

    def end(self) -> None:
        """End what looks at the files. It begins again with the next fingerprint."""
        self._watcher.end()

    def load(self, now: datetime, seen: Fingerprint | None = None) -> Loaded:
        """Return the policy that the files describe. Raises ConfigError with all problems in all files.

        `now` is aware. `seen` is a fingerprint taken just before, which spares looking at the orders again.
        A location file that has become unusable is a warning: the reader that is open for it stays in use.
        """
        good = self._good
        good.begin()
        self._held, digests = set(), self._digests.copy()
        main = good.read("main", lambda: read_settings(self.main))
        if main is None:
            raise ConfigError(good.problems)
        loaded = self._load(*main, now, seen or {})
        is_good = not self._is_broken(main[0])
        if self._main and not is_good:
            self._held, self._digests = {os.fspath(self.main)}, digests
            loaded = self._load(*self._main, now, seen or {})
        if loaded is None or (good.problems and not self._main):
            raise ConfigError(good.problems)
        if is_good:
            self._main = main
        return loaded

    def _is_broken(self, settings: SettingsFile) -> bool:
        """Tell whether there are problems in the main file, or in a file that it names for the first time."""
        before = set(texts_of(self.main, self._main[0])) - {os.fspath(self.main)} if self._main else set()
        named = set(texts_of(self.main, settings)) - before
        return any(os.fspath(problem.path) in named for problem in self._good.problems)

    def _load(
        self, settings: SettingsFile, document: Document, now: datetime, seen: Fingerprint
    ) -> Loaded | None:
        self._settings = settings
        good = self._good
        corrections = good.read("corrections", lambda: self._corrections(settings))
        client = good.read(
            "client_address",
            lambda: read_client_address(settings.client_address, document, ("client_address",), now),
        )
        sources = good.read("sources", lambda: self._sources(settings, document))
        branding = good.read("notices", lambda: self._branding(settings))
        signing = good.read("approvals", lambda: read_signing_policy(self.main, settings.approvals, document))
        index = published_index(self.main, settings)
        public = good.read("public", lambda: [public_digests(index)])
        register = good.read("register", lambda: read_authorities(beside(self.main, settings.authorities)))
        services = good.read("services", lambda: _read_services(matching(self.main, settings.services)))
        if register is None or services is None:
            return None
        entries, basis, rules = self._read_orders(settings, register, services, now, seen)
        if corrections is None or client is None or sources is None or signing is None:
            return None
        if branding is None or public is None:
            return None
        approvals = self._approvals.read(entries, signing, state_folder(self.main, settings))
        otherwise = approvals_of(signing.required, ())
        policy = Policy(
            client_address=client.policy,
            on_undetermined=OnUndetermined(settings.on_undetermined),
            rules=RuleSet(rules),
            orders=self._orders.index(approvals, otherwise, *public),
            locate=Locator(
                corrections=corrections,
                sources=sources[0],
                agreement=Agreement(settings.location.agreement),
            ),
            revision=self._revision(settings, *public),
        )
        return Loaded(
            policy=policy,
            settings=settings,
            sources=sources[0],
            warnings=tuple(sorted({*good.problems, *sources[1], *_unbuilt(index, document)})),
            doubts=tuple(client.warnings),
            branding=branding,
            main=self.main,
            digests={
                path: known for path in texts_of(self.main, settings) if (known := self._digests.get(path))
            },
            order_digests=self._orders.digests(),
            approvals=approvals,
            orders_rest_on=(basis.register, otherwise, *public),
        )

    def _read_orders(
        self,
        settings: SettingsFile,
        register: Mapping[str, Authority],
        services: Services,
        now: datetime,
        seen: Fingerprint,
    ) -> tuple[Mapping[str, Stored], Basis, list[Rule]]:
        """Return path -> order as held, the basis that they were read by, and the rules of its services."""
        files = self._paths.look(self.main, settings.orders)
        basis = Basis(register, {name: chain for name, (chain, _rules) in services.items()})
        rules = [rule for _chain, rules in services.values() for rule in rules]

        def read(basis: Basis) -> tuple[Mapping[str, Stored], list[Problem]]:
            state = state_folder(self.main, settings)
            return self._orders.read(
                files, basis, now, state=state, stamp=lambda path: seen.get(path) or file_stamp(path)
            )

        try:
            entries, found = read(basis)
        except ConfigError as error:  # the register or a service was edited, and orders break by it
            assert self._in_use  # noqa: S101 - there were orders
            basis, rules = self._in_use
            self._held.add(os.fspath(beside(self.main, settings.authorities)))
            self._held.update(matching(self.main, settings.services))
            entries, found = read(basis)
            self._good.problems += error.problems
        self._in_use = basis, rules
        self._good.problems += found
        return entries, basis, rules

    def _corrections(self, settings: SettingsFile) -> Corrections:
        if settings.location.corrections is None:
            return Corrections({})
        return Corrections(read_corrections(beside(self.main, settings.location.corrections)))

    def _branding(self, settings: SettingsFile) -> Branding:
        """Return the look of the pages. Raises ConfigError for one that would not say what it must."""
        if settings.notices is None:
            return PLAIN
        # Jinja2 and Babel are slow to import, and only pages with a look of their own need checking.
        from joinfence.refusal.template_checks import complaints  # noqa: PLC0415

        path = beside(self.main, settings.notices)
        branding, document = read_branding(path)
        problems = [
            Problem(path.parent / found.template, found.line, 1, found.message)
            if found.template
            else document.problem((), found.message)
            for found in complaints(branding)
        ]
        if problems:
            raise ConfigError(problems)
        return branding

    def _sources(
        self, settings: SettingsFile, document: Document
    ) -> tuple[tuple[Source, ...], list[Problem]]:
        """Return the sources, and problems that did not stop them. Raises ConfigError."""
        problems: list[Problem] = []
        sources: list[Source] = []
        warnings: list[Problem] = []
        for index, entry in enumerate(settings.location.sources):
            if entry.path is None:
                sources.append(Registry())
                continue
            path = beside(self.main, entry.path)
            place = ("location", "sources", index, "path")
            try:
                database, warning = self._databases.open(path, entry.max_age_days, file_stamp(path))
            except SourceError as error:
                problems.append(document.problem(place, str(error)))
                continue
            sources.append(database)
            if warning:
                warnings.append(document.problem(place, warning))
        if problems:
            raise ConfigError(problems)
        return tuple(sources), warnings

    def _revision(self, settings: SettingsFile, public: frozenset[str] | None) -> str:
        """Return what names the content in use: of a file with problems, that of its last good version."""
        broken = self._held | {os.fspath(problem.path) for problem in self._good.problems}
        digest = hashlib.sha256()
        for path in texts_of(self.main, settings):
            if path not in broken:
                self._digests[path] = hashlib.sha256(Path(path).read_bytes()).digest()
            digest.update(self._digests.get(path, b""))
        digest.update(self._orders.digest().to_bytes(32))
        for published in sorted(public or ()):
            digest.update(bytes.fromhex(published))
        return digest.hexdigest()[:12]


def _unbuilt(index: Iterable[Path], document: Document) -> list[Problem]:
    """Return the problem of public pages that have to be there before an order can be in force."""
    return [
        document.problem(
            ("public_before_effective",), f"{path} is missing, so no order is in force: {_BUILD}"
        )
        for path in index
        if not path.exists()
    ]


def _read_services(paths: Iterable[str]) -> Services:
    """Return service -> the normaliser chain of its meeting ids and its rules. Raises ConfigError."""
    collect = Collector()
    services: Services = {}
    for path in paths:
        document = collect.run(lambda path=path: read_document(Path(path)))  # type: ignore[misc]
        read = collect.run(lambda document=document: read_service(document)) if document else None  # type: ignore[misc]
        if document is None or read is None:
            continue
        name, chain, rules = read
        if name in services:
            collect.problems.append(document.problem(("name",), f'"{name}" has another file; keep one'))
        services[name] = (chain, rules)
    if collect.problems:
        raise ConfigError(collect.problems)
    return services
