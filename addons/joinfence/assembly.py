"""Configuration files to one policy: everything is read and checked before anything is used."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.authorities import read_authorities
from joinfence.config.client_address import read_client_address
from joinfence.config.corrections import read_corrections
from joinfence.config.document import read_document
from joinfence.config.files import beside, files_of, matching, signature, texts_of
from joinfence.config.order_folder import OrderFolder
from joinfence.config.problems import Collector, ConfigError, Problem
from joinfence.config.services import read_service
from joinfence.config.settings import read_settings
from joinfence.config.state import state_folder
from joinfence.engine.joins.rules import RuleSet
from joinfence.engine.policy import OnUndetermined, Policy
from joinfence.location.corrections import Corrections
from joinfence.location.databases import Databases
from joinfence.location.locate import Agreement, Locator
from joinfence.location.registry import Registry
from joinfence.location.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from joinfence.config.document import Document
    from joinfence.config.files import Fingerprint
    from joinfence.config.settings import SettingsFile
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.joins.rules import Rule
    from joinfence.location.source import Source


DEFAULT_MAIN: Final = Path(__file__).parents[2] / "configs" / "geofence.yaml"
"""The configuration of the checkout this file lies in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A policy and the settings beside it.

    `warnings` are problems that did not stop it, `doubts` what can be meant and mostly is not.
    """

    policy: Policy
    settings: SettingsFile
    sources: tuple[Source, ...]
    warnings: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()

    def stale(self, now: datetime) -> list[str]:
        """Return the names of the location sources that are older than allowed, at an aware instant."""
        return [source.name for source in self.sources if source.is_stale(now)]


class Loader:
    """Reads one configuration, again and again; an order or database that stayed the same is kept."""

    def __init__(self, main: Path) -> None:
        """Take the path of the main file."""
        self.main = main
        self._settings: SettingsFile | None = None
        self._orders = OrderFolder()
        self._databases = Databases()

    def fingerprint(self) -> Fingerprint:
        """Return every file the configuration consisted of when last read, with what changes with it."""
        files = files_of(self.main, self._settings) if self._settings else [str(self.main)]
        return {path: signature(path) for path in files}

    def load(self, now: datetime) -> Loaded:
        """Return the policy that the files describe. Raises ConfigError with all problems in all files.

        `now` is aware. A location file that has become unusable is a warning: the reader that is open for it
        stays in use.
        """
        settings, document = read_settings(self.main)
        self._settings = settings
        collect = Collector()
        register = collect.run(lambda: read_authorities(beside(self.main, settings.authorities)))
        services = collect.run(lambda: _read_services(matching(self.main, settings.services)))
        orders = None
        if register is not None and services is not None:
            orders = collect.run(
                lambda: self._orders.read(
                    matching(self.main, settings.orders),
                    register=register,
                    services={name: chain for name, (chain, _rules) in services.items()},
                    now=now,
                    state=state_folder(self.main, settings),
                )
            )
        corrections = collect.run(lambda: self._corrections(settings))
        client = collect.run(
            lambda: read_client_address(settings.client_address, document, ("client_address",), now)
        )
        sources, warnings = self._sources(settings, document, collect)
        if services is None or orders is None or corrections is None or client is None or collect.problems:
            raise ConfigError(collect.problems)
        policy = Policy(
            client_address=client.policy,
            on_undetermined=OnUndetermined(settings.on_undetermined),
            rules=RuleSet(rule for _chain, rules in services.values() for rule in rules),
            orders=self._orders.index({}),
            locate=Locator(
                corrections=corrections, sources=sources, agreement=Agreement(settings.location.agreement)
            ),
            revision=self._revision(settings),
        )
        return Loaded(
            policy=policy,
            settings=settings,
            sources=sources,
            warnings=tuple(warnings),
            doubts=tuple(client.warnings),
        )

    def _corrections(self, settings: SettingsFile) -> Corrections:
        if settings.location.corrections is None:
            return Corrections({})
        return Corrections(read_corrections(beside(self.main, settings.location.corrections)))

    def _sources(
        self, settings: SettingsFile, document: Document, collect: Collector
    ) -> tuple[tuple[Source, ...], list[Problem]]:
        sources: list[Source] = []
        warnings: list[Problem] = []
        for index, entry in enumerate(settings.location.sources):
            if entry.path is None:
                sources.append(Registry())
                continue
            path = beside(self.main, entry.path)
            place = ("location", "sources", index, "path")
            try:
                database, warning = self._databases.open(path, entry.max_age_days, signature(path))
            except SourceError as error:
                collect.problems.append(document.problem(place, str(error)))
                continue
            sources.append(database)
            if warning:
                warnings.append(document.problem(place, warning))
        return tuple(sources), warnings

    def _revision(self, settings: SettingsFile) -> str:
        digest = hashlib.sha256()
        for path in texts_of(self.main, settings):
            digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
        digest.update(self._orders.digest().to_bytes(32))
        return digest.hexdigest()[:12]


def _read_services(paths: Iterable[str]) -> dict[str, tuple[tuple[Step, ...], list[Rule]]]:
    """Return service -> the normaliser chain of its meeting ids and its rules. Raises ConfigError."""
    collect = Collector()
    services: dict[str, tuple[tuple[Step, ...], list[Rule]]] = {}
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
