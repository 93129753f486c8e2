"""The report as an HTML page in one language, with the layout that all pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joinfence.config.branding import PLAIN
from joinfence.report.charts import Bar, band_bars, bars
from joinfence.report.phrases import NAMES, OUTCOMES
from joinfence.text.catalogues import translations
from joinfence.text.layout import environment, stylesheet
from joinfence.text.operator import Operator
from joinfence.text.phrases import N_
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from joinfence.config.branding import Branding
    from joinfence.report.data import Report

_TITLE = N_("Transparency report")


def to_html(report: Report, language: str, pages: Mapping[str, str], branding: Branding = PLAIN) -> str:
    """Return the page in one of `languages()`. `pages` is language -> file name, for links between them."""
    words, gettext = Words(language), translations(language).gettext
    names = _Names(words)
    return (
        environment(language, branding)
        .get_template("report.html.j2")
        .render(
            report=report,
            words=words,
            names=names,
            charts=_charts(report, names),
            operator=Operator(
                name=report.operator.name, url=report.operator.url, contact="", branding=branding
            ),
            title=f"{gettext(_TITLE)}: {report.operator.name}",
            style=stylesheet(branding, "report.css"),
            others=[(Words(tag), name) for tag, name in pages.items() if tag != language],
        )
    )


class _Names:
    """The names of identifiers in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._gettext = translations(words.language).gettext

    def __call__(self, what: str, identifier: str) -> str:
        """Return the name of an identifier of the kind `what`."""
        return self._gettext(NAMES[what][identifier]) if identifier in NAMES[what] else identifier

    def sender(self, line: Any) -> str:  # noqa: ANN401 - whatever has a country and a kind
        """Return who sent a demand, such as France · Court."""
        return f"{self._words.territory(line.country)} · {self('kinds', line.kind)}"


def _charts(report: Report, names: _Names) -> dict[str, Sequence[Bar]]:
    number = names._words.number  # noqa: SLF001 - of this file
    total = report.demands.total
    outcomes = [(names("outcomes", key), float(getattr(total, key))) for key in OUTCOMES]
    senders = [(names.sender(line), float(line.received)) for line in report.demands.by_authority]
    reasons = [
        (names("reasons", line.reason), float(line.rejected + line.narrowed))
        for line in report.demands.reasons
    ]
    steps = [
        (names("steps", step.step), step.median_hours)
        for step in report.times
        if step.median_hours is not None
    ]
    joins = [
        (f"{order.id} ({line.half_year})", line.refused)
        for order in report.orders
        for line in order.joins
        if line.refused is not None
    ]
    return {
        "outcomes": bars(outcomes, number, same_pattern=False),
        "senders": bars(senders, number),
        "reasons": bars(reasons, number),
        "steps": bars(steps, number),
        "joins": band_bars(joins),
    }
