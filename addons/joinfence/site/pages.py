"""The public pages in one language, as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from joinfence.site.life import ENDED, State, Version
from joinfence.site.links import (
    ATOM,
    COMPLAINT_PAGE,
    INDEX_PAGE,
    JSON_FEED,
    LOCATION_PAGE,
    REFUSAL_PAGE,
    Here,
    folder,
    order_page,
)
from joinfence.site.map.svg import territory_map
from joinfence.site.speech import Speech
from joinfence.text.catalogues import translations
from joinfence.text.layout import environment, stylesheet
from joinfence.text.phrases import HEADLINE, N_
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from markupsafe import Markup

    from joinfence.site.archive import VersionKey
    from joinfence.site.changes import Change
    from joinfence.site.rejected import RejectedDemand
    from joinfence.text.operator import Operator

_MAX_CHANGES: Final = 50
"""How many changes the index page shows. The feeds have all of them."""

_MAP_NOTE: Final = N_(
    "The places in the table are marked. Where an order names a part of a country, the whole country is "
    "hatched. Borders are drawn for orientation only."
)


class Groups(NamedTuple):
    """The current versions of all orders, grouped by state, in the order of the page."""

    in_force: list[Version]
    paused: list[Version]
    ended: list[Version]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that the pages show, in any language. `at` is aware; `changes` begin with the latest.

    `reports` are pairs of the path from the top of the site and a name.
    """

    operator: Operator
    at: datetime
    languages: tuple[str, ...]
    versions: Mapping[VersionKey, Version]
    changes: tuple[Change, ...]
    rejected: tuple[RejectedDemand, ...]
    sources: tuple[str, ...]
    reports: tuple[tuple[str, str], ...]

    def current(self) -> dict[str, Version]:
        """Return id -> current version: the newest that is not superseded or withdrawn, else the newest."""
        ranked = sorted(
            self.versions.values(), key=lambda version: (self._is_current(version), _number(version))
        )
        newest = {version.order.id: version for version in ranked}
        return dict(sorted(newest.items()))

    def _is_current(self, version: Version) -> bool:
        return version.state(self.at) not in {State.SUPERSEDED, State.WITHDRAWN}

    def groups(self) -> Groups:
        """Return the current versions; the ended ones are sorted by end, latest first, the others by id."""
        found = Groups([], [], [])
        for version in self.current().values():
            state = version.state(self.at)
            group = found.in_force if state is State.IN_FORCE else found.paused
            (found.ended if state in ENDED else group).append(version)
        found.ended.sort(key=lambda version: version.order.expires_at, reverse=True)
        return found


def _number(version: Version) -> int:
    return version.order.version


class Pages:
    """The pages of a site in one language."""

    def __init__(self, site: Site, language: str) -> None:
        """Take the site and one of its languages."""
        self.site = site
        self.language = language
        self.speech = Speech(language, site.operator)
        self._gettext = translations(language).gettext
        self._templates = environment(language, site.operator.branding)

    def index(self) -> bytes:
        """Return the index page with all orders."""
        groups = self.site.groups()
        counts: dict[str, int] = {}
        for version in groups.in_force:
            for code in version.order.territory:
                counts[code] = counts.get(code, 0) + 1
        applying = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return self._render(
            "index",
            INDEX_PAGE,
            title=self.speech.feed_title(),
            groups=groups,
            applying=applying,
            changes=self.site.changes[:_MAX_CHANGES],
            rejected=self.site.rejected,
            reports=self.site.reports,
            map=self._map(tuple(counts), N_("Where orders apply now")) if counts else None,
        )

    def order(self, version: Version, place: str, siblings: Sequence[Version]) -> bytes:
        """Return the page of one version at a place; `siblings` are all versions of the order."""
        order = version.order.order()
        numbers = sorted(map(_number, siblings))
        title = self._gettext(N_("Order %(id)s")) % {"id": order.id}
        return self._render(
            "order",
            place,
            title=f"{title}, {self.speech.version(order.version)}" if len(numbers) > 1 else title,
            version=version,
            order=order,
            newer=order.version != self.site.current()[order.id].order.version,
            numbers=numbers,
            changes=[
                change
                for change in self.site.changes
                if change.version is not None and change.version.order.id == order.id
            ],
            record=f"{order_page(order.id, order.version)}order.json",
            map=self._map(order.territory, N_("Applies in")),
        )

    def complaint(self) -> bytes:
        """Return the page on how to complain."""
        return self._render("complain", COMPLAINT_PAGE, title=self._gettext(N_("How to complain")))

    def location(self) -> bytes:
        """Return the page on how a location is determined."""
        title = self._gettext(N_("How a location is determined"))
        return self._render("location", LOCATION_PAGE, title=title, sources=self.site.sources)

    def refusal(self) -> bytes:
        """Return the page on what a refusal is. The `type` of a refusal's problem document points here."""
        return self._render("refusal", REFUSAL_PAGE, title=self._gettext(HEADLINE))

    def _map(self, territory: tuple[str, ...], heading: str) -> Markup:
        title = f"{self._gettext(heading)}: {self.speech.words.territories(territory)}"
        return _cached_map(tuple(sorted(territory)), title, self._gettext(_MAP_NOTE))

    def _render(self, template: str, place: str, **values: Any) -> bytes:  # noqa: ANN401 - a template's values
        site = self.site
        page = self._templates.get_template(f"site/{template}.html.j2")
        text = page.render(
            here=Here(base=site.operator.url, language=self.language, place=place),
            words=self.speech.words,
            speech=self.speech,
            languages=[Words(each) for each in site.languages],
            operator=site.operator,
            style=stylesheet(site.operator.branding, "site/site.css"),
            at=site.at,
            folder=folder,
            order_page=order_page,
            atom=ATOM,
            json_feed=JSON_FEED,
            map_note=self._gettext(_MAP_NOTE),
            **values,
        )
        return text.encode("utf-8", "replace")


@lru_cache(maxsize=1024)
def _cached_map(territory: tuple[str, ...], title: str, description: str) -> Markup:
    return territory_map(territory, title=title, description=description, name="map")
