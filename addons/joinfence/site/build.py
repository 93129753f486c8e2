"""`joinfence site build`: the configuration, and the site as it was, to the site as it is at an instant."""

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
from joinfence.site.archive import RECORD, as_stopped, merge, read_archive
from joinfence.site.changes import changes
from joinfence.site.documents import local_copy, missing, with_documents
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
from joinfence.site.publish import alone, publish
from joinfence.site.rejected import rejected
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
    from joinfence.site.rejected import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built: the site, the number of files, and what somebody still has to put there."""

    site: Site
    files: int
    warnings: tuple[str, ...]


def build(main: Path, loaded: Loaded, out: Path, at: datetime) -> Built:
    """Build the site into a folder, as it is at an aware instant, and return what was built.

    The same configuration, the same site before and the same instant make the same bytes. Raises ConfigError
    with every problem, and OSError; the site before stays then.
    """
    with alone(out):
        archive = read_archive(out)
        if archive.built_at is not None and at < archive.built_at:
            built_at = rfc3339(archive.built_at, "seconds")
            message = f"the site in {out} was built for {built_at}; a later one cannot become earlier"
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
        warnings = tuple(missing(versions.values(), site.operator.url, out))
    return Built(site=site, files=len(files), warnings=warnings)


def _rejected(main: Path, settings: SettingsFile) -> tuple[Rejected, ...]:
    """Return the demands of the register of demands that were rejected. Raises ConfigError."""
    if settings.demands is None:
        return ()
    register = read_authorities(beside(main, settings.authorities))
    return rejected(read_demands(beside(main, settings.demands), register).demands, register)


def _public_orders(
    main: Path, loaded: Loaded, archive: Archive, at: datetime
) -> tuple[list[PublicOrder], list[LocalCopy]]:
    """Return what the public may know of each order file, and the documents that lie beside them.

    Raises OSError, and ConfigError for orders that name a meeting.
    An order that those who have to approve it did not approve is no order yet, and left out.
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
        found.append(as_stopped(public_order(file, order), order, known, at))
        if copy := local_copy(file, document, loaded.settings.operator.url):
            copies.append(copy)
    if problems:
        raise ConfigError(problems)
    return found, copies


def _files(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the site: path from its top and content."""
    siblings: defaultdict[str, list[Version]] = defaultdict(list)
    for version in site.versions.values():
        siblings[version.order.id].append(version)
    for language in site.languages:
        for place, content in _of_language(site, Pages(site, language), siblings):
            yield folder(language) + file_of(place), content
    for version in site.versions.values():
        yield _record(version), _json(plain(version.model_dump()))
    yield INDEX, _json(_index(site))


def _of_language(
    site: Site, pages: Pages, siblings: Mapping[str, list[Version]]
) -> Iterator[tuple[str, bytes]]:
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
