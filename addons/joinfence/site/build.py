"""`joinfence site build`: from the configuration and the existing site to the site at an instant."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from joinfence.config.demands.reader import read_demands
from joinfence.config.files import beside, matching
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.named_meetings import MESSAGE, naming_a_meeting
from joinfence.config.orders.published import INDEX, digest
from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.site.archive import RECORD, merge, read_archive, with_suspension
from joinfence.site.changes import changes
from joinfence.site.documents import local_copy, missing_documents, with_documents
from joinfence.site.feeds import atom, json_feed
from joinfence.site.languages import site_languages
from joinfence.site.links import (
    ATOM,
    COMPLAINT_PAGE,
    INDEX_PAGE,
    JSON_FEED,
    LOCATION_PAGE,
    REFUSAL_PAGE,
    file_of,
    folder,
    order_page,
)
from joinfence.site.pages import Pages, Site
from joinfence.site.public_order import plain, public_order
from joinfence.site.publish import exclusive, publish
from joinfence.site.rejected import rejected_demands
from joinfence.site.reports import report_files, report_links
from joinfence.text.operator import operator_of
from joinfence.text.timestamps import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.problems import Problem
    from joinfence.loading.loader import Loaded
    from joinfence.site.archive import Archive
    from joinfence.site.documents import LocalCopy
    from joinfence.site.life import Version
    from joinfence.site.public_order import PublicOrder
    from joinfence.site.rejected import RejectedDemand


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built: the site, the number of its files, and warnings about missing documents."""

    site: Site
    files: int
    warnings: tuple[str, ...]


def build(main: Path, loaded: Loaded, out: Path, at: datetime) -> Built:
    """Build the site at an aware instant in the folder `out`, and return what was built.

    The same configuration, existing site and instant always give the same bytes. Raises ConfigError with all
    problems, ValueError and OSError; the existing site then stays as it is.
    """
    with exclusive(out):
        archive = read_archive(out)
        if archive.built_at is not None and at < archive.built_at:
            message = (
                f"the site in {out} was last built for {rfc3339(archive.built_at, 'seconds')} "
                "and cannot be built for an earlier instant; build it for that instant or a later one"
            )
            raise ValueError(message)
        settings = loaded.settings
        orders, copies = _public_orders(main, loaded, archive, at)
        versions = merge(archive, orders, at)
        turned_down = _rejected(main, settings)
        reports = report_files(beside(main, settings.site.reports)) if settings.site.reports else {}
        site = Site(
            operator=operator_of(settings.operator, loaded.branding),
            at=at,
            languages=site_languages(settings.site.languages, archive.languages, versions.values()),
            versions=versions,
            changes=changes(versions.values(), turned_down, at),
            rejected=turned_down,
            sources=tuple(source.name for source in loaded.sources),
            reports=report_links(reports, out),
        )
        files = with_documents({**reports, **dict(_files(site))}, copies)
        publish(files, out)
        warnings = tuple(missing_documents(versions.values(), site.operator.url, out))
    return Built(site=site, files=len(files), warnings=warnings)


def _rejected(main: Path, settings: SettingsFile) -> tuple[RejectedDemand, ...]:
    """Return the rejected demands in the register of demands. Raises ConfigError."""
    if settings.demands is None:
        return ()
    register = read_authorities(beside(main, settings.authorities))
    return rejected_demands(read_demands(beside(main, settings.demands), register).demands, register)


def _public_orders(
    main: Path, loaded: Loaded, archive: Archive, at: datetime
) -> tuple[list[PublicOrder], list[LocalCopy]]:
    """Return the public part of each order, and the copies of documents beside the order files.

    Orders without the required approvals are left out. Raises OSError, and ConfigError for orders whose texts
    name a meeting.
    """
    orders = {order.id: order for order in loaded.policy.orders}
    problems: list[Problem] = []
    found: list[PublicOrder] = []
    copies: list[LocalCopy] = []
    for path in matching(main, loaded.settings.orders):
        document = read_document(Path(path))
        file = validate(OrderFile, document)
        order = orders[file.id]
        if not order.approvals.complete_at(at):
            continue
        canonical = (join.meeting for join in order.meetings)
        problems += (document.problem(loc, MESSAGE) for loc in naming_a_meeting(file, canonical))
        known = archive.versions.get((file.id, file.version))
        found.append(with_suspension(public_order(file, order), order, known, at))
        if copy := local_copy(file, document, loaded.settings.operator.url):
            copies.append(copy)
    if problems:
        raise ConfigError(problems)
    return found, copies


def _files(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield path, from the top of the site, and content of every file."""
    siblings: defaultdict[str, list[Version]] = defaultdict(list)
    for version in site.versions.values():
        siblings[version.order.id].append(version)
    for language in site.languages:
        for place, content in _pages_in(site, Pages(site, language), siblings):
            yield folder(language) + file_of(place), content
    for version in site.versions.values():
        yield _record(version), _json(plain(version.model_dump()))
    yield INDEX, _json(_index(site))


def _pages_in(site: Site, pages: Pages, siblings: Mapping[str, list[Version]]) -> Iterator[tuple[str, bytes]]:
    base, speech = site.operator.url, pages.speech
    yield INDEX_PAGE, pages.index()
    yield COMPLAINT_PAGE, pages.complaint()
    yield LOCATION_PAGE, pages.location()
    yield REFUSAL_PAGE, pages.refusal()
    yield ATOM, atom(site.changes, base, speech, site.at)
    yield JSON_FEED, json_feed(site.changes, base, speech)
    for order_id, version in site.current().items():
        place = order_page(order_id)
        yield place, pages.order(version, place, siblings[order_id])
    for version in site.versions.values():
        place = order_page(version.order.id, version.order.version)
        yield place, pages.order(version, place, siblings[version.order.id])


def _record(version: Version) -> str:
    return order_page(version.order.id, version.order.version) + RECORD


def _index(site: Site) -> dict[str, Any]:
    return {
        "schema": "site/1",
        "operator": site.operator.name,
        "built_at": rfc3339(site.at, "seconds"),
        "languages": list(site.languages),
        "orders": [
            {
                "id": version.order.id,
                "version": version.order.version,
                "state": version.state(site.at).value,
                "digest": digest(version.order.order(), version.order.meetings),
                "page": order_page(version.order.id, version.order.version),
                "record": _record(version),
            }
            for version in site.versions.values()
        ],
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
