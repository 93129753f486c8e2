"""Checks what the operator's templates make of example refusals and of the notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from joinfence.refusal import pages
from joinfence.refusal.notices import FAILED, NOTICES
from joinfence.refusal.template_checks.examples import example_operator, example_refusals
from joinfence.refusal.template_checks.markup import read_markup
from joinfence.refusal.template_checks.problems import BrandingProblem, template_to_blame
from joinfence.refusal.template_checks.required import missing_parts
from joinfence.text.catalogues import languages
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joinfence.config.branding import Branding
    from joinfence.refusal.context import RefusalContext
    from joinfence.text.operator import Operator

MAX_PAGE_BYTES: Final = 30_000

_WHOLE_PAGES: Final = {"ar", "en", "th"}
"""Languages whose whole page is checked: right to left, English without a second part, and most bytes."""


def rendering_problems(branding: Branding) -> list[BrandingProblem]:
    """Return what is wrong with the rendered pages, up to the first template that cannot be rendered."""
    found: list[BrandingProblem] = []
    operator = example_operator(branding)
    for language in languages():
        words = Words(language)
        try:
            for refusal in example_refusals(operator):
                found += _block_problems(refusal, words)
                # A text that is missing in a block is missing in the page as well: report it once.
                if not found and language in _WHOLE_PAGES:
                    found += _page_problems(refusal, words)
        except Exception as error:  # noqa: BLE001 - a template can raise anything
            return [*found, _cannot_render(branding, "refusal.html.j2", error)]
        try:
            found += _notice_problems(operator, words)
        except Exception as error:  # noqa: BLE001 - a template can raise anything
            return [*found, _cannot_render(branding, "notice.html.j2", error)]
    return found


def _block_problems(refusal: RefusalContext, words: Words) -> Iterator[BrandingProblem]:
    """Yield what the block in one language lacks. The page would not do: it has an English block as well."""
    branding, operator = refusal.operator.branding, refusal.operator
    name = template_to_blame(branding, "refusal.html.j2")
    markup = read_markup(pages.block("html", refusal, operator, words), whole_page=False)
    yield from _missing(name, refusal, words, markup.text)
    yield from _not_allowed(name, markup.not_allowed)
    name = template_to_blame(branding, "refusal.txt.j2")
    yield from _missing(name, refusal, words, pages.block("txt", refusal, operator, words))


def _page_problems(refusal: RefusalContext, words: Words) -> Iterator[BrandingProblem]:
    """Yield what is wrong with a whole page, which must contain the block of each of its languages."""
    name = template_to_blame(refusal.operator.branding, "page.html.j2")
    page = pages.html(refusal, refusal.operator, words.language)
    markup = read_markup(page, whole_page=True)
    for language in pages.page_languages(words.language):
        yield from _missing(name, refusal, Words(language), markup.text)
    yield from _not_allowed(name, markup.not_allowed)
    if len(page.encode()) > MAX_PAGE_BYTES:
        yield BrandingProblem(name, 1, f"makes a page of more than {MAX_PAGE_BYTES} bytes")


def _notice_problems(operator: Operator, words: Words) -> Iterator[BrandingProblem]:
    """Yield what is wrong with the answers that do not rest on an order."""
    name = template_to_blame(operator.branding, "notice.html.j2")
    for notice in (*NOTICES.values(), FAILED):
        pages.block("txt", notice, operator, words)  # raises if it cannot be rendered
        if words.language in _WHOLE_PAGES:
            html = pages.html(notice, operator, words.language)
        else:
            html = pages.block("html", notice, operator, words)
        yield from _not_allowed(name, read_markup(html, whole_page=True).not_allowed)


def _missing(name: str, refusal: RefusalContext, words: Words, text: str) -> Iterator[BrandingProblem]:
    for part, piece in missing_parts(refusal, words, text):
        yield BrandingProblem(name, 1, f"does not state the {part}: {piece} is missing")


def _not_allowed(name: str, found: Iterable[str]) -> Iterator[BrandingProblem]:
    for each in sorted(found):
        message = (
            f"contains <{each}>; expected only elements and attributes that the built-in pages use, none of "
            "which loads, sends or hides anything"
        )
        yield BrandingProblem(name, 1, message)


def _cannot_render(branding: Branding, name: str, error: Exception) -> BrandingProblem:
    return BrandingProblem(template_to_blame(branding, name), 1, f"cannot be rendered: {error}")
