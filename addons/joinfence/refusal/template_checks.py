"""Whether an operator's own pages still say and guard what every refusal must: checked before one is sent.

A refusal in every language is rendered for an order whose every word is known, and looked through for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from jinja2 import TemplateSyntaxError

from joinfence.engine.order import Authority, LegalBasis, Mode, Order, Redress
from joinfence.refusal import pages
from joinfence.refusal.context import RefusalContext
from joinfence.refusal.notices import FAILED, NOTICES
from joinfence.text.catalogues import languages
from joinfence.text.layout import environment, stylesheet
from joinfence.text.operator import Operator
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joinfence.config.branding import Branding

HEAVIEST: Final = 30_000
"""The most bytes a page may have."""

_CONTRAST: Final = 4.5
_PAGES: Final = {"ar", "en", "th"}
"""Languages whose whole page is looked at: one from right to left, one alone, and the one with most bytes."""

_HIDDEN: Final = {"style", "title"}
_VOID: Final = {"br", "hr", "img", "link", "meta", "wbr"}

# What is shown as it stands, and neither loads, sends nor hides: what our own templates use, and a few more.
_TEXT: Final = {
    "a", "abbr", "article", "b", "bdi", "blockquote", "br", "cite", "code", "dd", "div", "dl", "dt", "em",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "li", "main", "ol", "p",
    "section", "small", "span", "strong", "time", "ul", "wbr",
}  # fmt: skip
_FRAME: Final = {"body", "head", "html", "link", "meta", "style", "title"}
_EVERYWHERE: Final = {"class", "dir", "id", "lang"}
_ATTRIBUTES: Final = {
    "a": {"href", "rel"},
    "img": {"alt", "height", "src", "width"},
    "link": {"href", "rel"},
    "meta": {"charset", "content", "name"},
    "time": {"datetime"},
}
_LOADED: Final = {("img", "src"), ("link", "href")}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a template (its name and line), or, without a name, with the colours or the logo."""

    template: str
    line: int
    message: str


@lru_cache(maxsize=4)
def complaints(branding: Branding) -> tuple[Complaint, ...]:
    """Return everything that keeps a look from being used, each sentence once. Never raises."""
    found = [*_of_colours(branding)]
    if branding.templates or branding.logo:
        found += _of_syntax(branding) or _of_pages(branding)
    return tuple(dict.fromkeys(found))


def _of_colours(branding: Branding) -> Iterator[Complaint]:
    for scheme, colours in zip(("light", "dark"), _schemes(branding), strict=True):
        for text in ("ink", "soft", "link", "mark"):
            for ground in ("paper", "sheet"):
                contrast = _contrast(colours[text], colours[ground])
                if contrast < _CONTRAST:
                    message = (
                        f"colours.{scheme}: `{text}` ({colours[text]}) on `{ground}` ({colours[ground]}) "
                        f"has a contrast of {contrast:.2f}; expected at least {_CONTRAST} (WCAG 2.2, 1.4.3)"
                    )
                    yield Complaint("", 0, message)


def _schemes(branding: Branding) -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours as they hold by day and by night: what stands last, and is not for the other."""
    by_day: dict[str, str] = {}
    by_night: dict[str, str] = {}
    for when, declarations in re.findall(r"(?:(light|dark)\) \{)?:root \{([^}]*)\}", stylesheet(branding)):
        colours = dict(re.findall(r"--(\w+): ?(#\w+)", declarations))
        if when != "dark":
            by_day |= colours
        if when != "light":
            by_night |= colours
    return by_day, by_night


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:  # noqa: PLR2004 - #abc is short for #aabbcc
        digits = "".join(digit * 2 for digit in digits)
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _of_syntax(branding: Branding) -> list[Complaint]:
    found = []
    for name, text in branding.templates:
        try:
            environment("en", branding).parse(text)
        except TemplateSyntaxError as error:
            found.append(Complaint(name, error.lineno, f"is no template: {error.message}"))
    return found


def _of_pages(branding: Branding) -> list[Complaint]:
    found: list[Complaint] = []
    operator = Operator(
        name="0perator", url="https://0.example/", contact="c0ntact@0.example", branding=branding
    )
    for language in languages():
        try:
            for case in _cases(operator):
                found += _of_blocks(case, Words(language))
                if not found and language in _PAGES:
                    found += _of_page(case, Words(language))
        except Exception as error:  # noqa: BLE001 - whatever a template can do wrong, it is the template's fault
            return [*found, _unfit(branding, "refusal.html.j2", error)]
        try:
            found += _of_notices(operator, Words(language))
        except Exception as error:  # noqa: BLE001 - as above
            return [*found, _unfit(branding, "notice.html.j2", error)]
    return found


def _unfit(branding: Branding, name: str, error: Exception) -> Complaint:
    return Complaint(_blamed(branding, name), 1, f"cannot be rendered: {error}")


def _of_blocks(case: RefusalContext, words: Words) -> Iterator[Complaint]:
    """Yield what one language does not say. Not looked for in the page: that says it in English as well."""
    for name, kind in (("refusal.html.j2", "html"), ("refusal.txt.j2", "txt")):
        blamed = _blamed(case.operator.branding, name)
        block = pages.block(kind, case, case.operator, words)
        seen = _seen(block, _TEXT) if kind == "html" else None
        for part, missing in _missing(case, words, seen.text() if seen else block):
            yield Complaint(blamed, 1, f"does not say the {part}: {missing} is missing")
        yield from _strange(blamed, seen.strange if seen else ())


def _of_page(case: RefusalContext, words: Words) -> Iterator[Complaint]:
    """Yield what is wrong with the page around what is said, in each of its languages."""
    name = _blamed(case.operator.branding, "page.html.j2")
    page = pages.html(case, case.operator, words.language)
    seen = _seen(page, _TEXT | _FRAME)
    for language in pages.page_languages(words.language):
        for part, missing in _missing(case, Words(language), seen.text()):
            yield Complaint(name, 1, f"does not say the {part}: {missing} is missing")
    yield from _strange(name, seen.strange)
    if len(page.encode()) > HEAVIEST:
        yield Complaint(name, 1, f"makes a page of more than {HEAVIEST} bytes")


def _of_notices(operator: Operator, words: Words) -> Iterator[Complaint]:
    """Yield what is wrong with the answers that no order stands behind."""
    for notice in (*NOTICES.values(), FAILED):
        pages.block("txt", notice, operator, words)
        whole = words.language in _PAGES
        page = (
            pages.html(notice, operator, words.language)
            if whole
            else pages.block("html", notice, operator, words)
        )
        blamed = _blamed(operator.branding, "notice.html.j2")
        yield from _strange(blamed, _seen(page, _TEXT | _FRAME).strange)


def _strange(name: str, found: Iterable[str]) -> Iterator[Complaint]:
    for each in sorted(found):
        message = (
            f"has <{each}> in it; expected only what our own pages use: it loads, sends and hides nothing"
        )
        yield Complaint(name, 1, message)


def _blamed(branding: Branding, name: str) -> str:
    """Return the template to name: the one meant, or else another that is the operator's own."""
    own = [own for own, _text in branding.templates]
    kind = name.partition(".")[2]
    return name if name in own else next((each for each in own if each.endswith(kind)), own[0] if own else "")


def _missing(case: RefusalContext, words: Words, said: str) -> Iterator[tuple[str, str]]:
    """Yield each required part of which a piece is not said, with the first such piece in words."""
    order = case.order
    pieces = {
        "authority": {
            "its name": words.authority(order).text,
            "the file number": order.reference,
        },
        "other orders": {
            f"{what} of each": piece
            for other in case.others
            for what, piece in (
                ("the name", words.authority(other).text),
                ("the file number", other.reference),
            )
        },
        "law": {
            f"the citation{' of each' if index else ''}": basis.citation
            for index, basis in enumerate(order.legal_basis)
        },
        "reasons": {"the text": words.reason(order).text},
        "period": {
            "the beginning": words.instant(order.effective_from),
            "the end": words.instant(order.expires_at),
            "the date of the review": words.instant(order.review_by),
        },
        "redress": {
            "how to contest before the authority": order.redress.how,
            "where that is explained": order.redress.url,
            "the operator's mailbox": order.redress.operator_contact,
        },
    }
    flat = _flat(said)
    for part, named in pieces.items():
        for what, piece in named.items():
            if _flat(piece) not in flat:
                yield part, what
                break


def _flat(text: str) -> str:
    return re.sub(r"[\s\u2068\u2069]+", "", text)


@dataclass
class _Page(HTMLParser):
    """The text of a page that people see, and what in it is not known to be shown and to load nothing."""

    elements: set[str]
    strange: set[str] = field(default_factory=set)
    _pieces: list[str] = field(default_factory=list)
    _hidden: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; HTMLParser calls it."""
        if tag not in self.elements:
            self.strange.add(tag)
        known = _EVERYWHERE | _ATTRIBUTES.get(tag, set())
        for name, value in attrs:
            if name not in known or ((tag, name) in _LOADED and not (value or "").startswith("data:")):
                self.strange.add(f"{tag} {name}")
        if tag not in _VOID and (self._hidden or tag in _HIDDEN):
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element; HTMLParser calls it."""
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep what is seen; HTMLParser calls it."""
        if not self._hidden:
            self._pieces.append(data)

    def text(self) -> str:
        """Return all that is seen."""
        return "".join(self._pieces)


def _seen(page: str, elements: set[str]) -> _Page:
    seen = _Page(elements)
    seen.feed(page)
    return seen


def _cases(operator: Operator) -> tuple[RefusalContext, ...]:
    """Return two refusals that take every branch of our templates: one with all there can be, one without.

    No two words in them are alike, so that none can be found in another's place.
    """
    at = datetime(2031, 2, 3, 4, 5, tzinfo=UTC)
    order = Order(
        id="XK-2031-0042",
        version=1,
        purpose="copyright",
        mode=Mode.ENFORCE,
        authority=Authority(
            id="auth0rity",
            name={"en": "Auth0rity of Sample"},
            kind="court",
            competence=("XK",),
            official_url="https://auth0rity.example/",
        ),
        instrument="judgment",
        reference="D0cket 7/31",
        issued_on=date(2031, 1, 2),
        legal_basis=(
            LegalBasis(citation="Secti0n 12", scheme="url", value="https://law.example/secti0n-12"),
            LegalBasis(citation="Paragraph 3471", scheme="urn-lex", value="urn:lex:xk:paragraph3471"),
        ),
        reasons={"en": "Reas0ns of the order."},
        territory=("XK",),
        meetings=(),
        effective_from=at,
        expires_at=at.replace(month=5, day=6, hour=7),
        review_by=at.replace(month=4, day=8, hour=9),
        suspended_since=None,
        redress=Redress(
            how="Write within 42 days.",
            url="https://auth0rity.example/contest",
            language="en",
            operator_contact="redress@0perator.example",
            answer_within_days=9,
        ),
    )
    other = replace(
        order,
        id="XK-2031-0057",
        authority=replace(order.authority, id="b0ard", name={"en": "B0ard of Sample"}),
        reference="Fi1e 8/31",
    )
    case = RefusalContext(
        order=order,
        others=(other,),
        country="XK",
        subdivisions=(),
        sources=("s0urce",),
        operator=operator,
    )
    least = replace(order, legal_basis=order.legal_basis[1:])
    return case, replace(case, order=least, others=(), sources=())
