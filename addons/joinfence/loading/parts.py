"""The table of the parts that a configuration has besides its main file, and how each is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from joinfence.config.approvals.policy import read_signing_policy
from joinfence.config.branding import PLAIN, Branding, read_branding
from joinfence.config.client_address import read_client_address
from joinfence.config.corrections import read_corrections
from joinfence.config.files import beside, file_stamp, matching, published_index
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.published import public_digests
from joinfence.config.services.reader import read_services
from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.loading.candidate import Part
from joinfence.loading.orders import Definitions
from joinfence.location.corrections import Corrections
from joinfence.location.registry import Registry
from joinfence.location.source import SourceError

if TYPE_CHECKING:
    from joinfence.config.approvals.signature_file import SigningPolicy
    from joinfence.config.client_address import ReadClientAddress
    from joinfence.config.settings import SourceEntry
    from joinfence.loading.candidate import Candidate
    from joinfence.loading.orders import LoadedOrders
    from joinfence.location.source import Source


class Sources(NamedTuple):
    """The location sources, and the problems of those that go on with an older copy."""

    sources: tuple[Source, ...]
    warnings: list[Problem]


def _corrections(candidate: Candidate) -> Corrections:
    path = candidate.settings.location.corrections
    return Corrections(read_corrections(beside(candidate.main, path)) if path else {})


def _client_address(candidate: Candidate) -> ReadClientAddress:
    entry = candidate.settings.client_address
    return read_client_address(entry, candidate.document, ("client_address",), candidate.now)


def _sources(candidate: Candidate) -> Sources:
    sources: list[Source] = []
    warnings: list[Problem] = []
    problems: list[Problem] = []
    for index, entry in enumerate(candidate.settings.location.sources):
        key = ("location", "sources", index, "path")
        try:
            source, warning = _source(candidate, entry)
        except SourceError as error:
            problems.append(candidate.document.problem(key, str(error)))
            continue
        sources.append(source)
        if warning:
            warnings.append(candidate.document.problem(key, warning))
    if problems:
        raise ConfigError(problems)
    return Sources(tuple(sources), warnings)


def _source(candidate: Candidate, entry: SourceEntry) -> tuple[Source, str | None]:
    """Return a source and, if an older copy is used, why. Raises SourceError."""
    if entry.path is None:
        return Registry(), None
    path = beside(candidate.main, entry.path)
    return candidate.memory.databases.open(path, entry.max_age_days, file_stamp(path))


def _branding(candidate: Candidate) -> Branding:
    """Return the branding. Raises ConfigError also if a page with it would not state what it must."""
    if candidate.settings.notices is None:
        return PLAIN
    # Jinja2 and Babel take long to import, and most configurations have no branding of their own.
    from joinfence.refusal.template_checks.check import branding_problems  # noqa: PLC0415

    path = beside(candidate.main, candidate.settings.notices)
    branding, document = read_branding(path)
    problems = [
        Problem(path.parent / found.template, found.line, 1, found.message)
        if found.template
        else document.problem((), found.message)
        for found in branding_problems(branding)
    ]
    if problems:
        raise ConfigError(problems)
    return branding


def _signing(candidate: Candidate) -> SigningPolicy:
    return read_signing_policy(candidate.main, candidate.settings.approvals, candidate.document)


def _orders(candidate: Candidate) -> LoadedOrders:
    main, settings = candidate.main, candidate.settings
    definitions = Definitions.of(candidate[REGISTER], candidate[SERVICES])
    orders = candidate.memory.orders.read(
        main, settings, definitions, now=candidate.now, fingerprint=candidate.fingerprint
    )
    candidate.problems += orders.problems
    if orders.definitions is not definitions:
        candidate.held_back.add(os.fspath(beside(main, settings.authorities)))
        candidate.held_back.update(matching(main, settings.services))
    return orders


CORRECTIONS: Final = Part(name="corrections", read=_corrections)
CLIENT_ADDRESS: Final = Part(name="client_address", read=_client_address)
SOURCES: Final = Part(name="sources", read=_sources)
BRANDING: Final = Part(name="notices", read=_branding)
SIGNING: Final = Part(name="approvals", read=_signing)
PUBLIC: Final = Part(name="public", read=lambda at: public_digests(published_index(at.main, at.settings)))
REGISTER: Final = Part(
    name="register", read=lambda at: read_authorities(beside(at.main, at.settings.authorities))
)
SERVICES: Final = Part(
    name="services", read=lambda at: read_services(matching(at.main, at.settings.services))
)
ORDERS: Final = Part(name="orders", read=_orders, needs=(REGISTER, SERVICES))

PARTS: Final[tuple[Part[Any], ...]] = (
    CORRECTIONS,
    CLIENT_ADDRESS,
    SOURCES,
    BRANDING,
    SIGNING,
    PUBLIC,
    REGISTER,
    SERVICES,
    ORDERS,
)
"""In reading order."""
