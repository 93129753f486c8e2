"""Made-up refusals to try templates out on.

Every text in them is unique, so that none is taken for another when a page is searched for it. Digits stand
in for letters so that no word of a template or a translation is among them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from joinfence.engine.order import Authority, LegalBasis, Mode, Order, Redress
from joinfence.refusal.context import RefusalContext
from joinfence.text.operator import Operator

if TYPE_CHECKING:
    from joinfence.config.branding import Branding

_AT: Final = datetime(2031, 2, 3, 4, 5, tzinfo=UTC)
_AUTHORITY: Final = Authority(
    id="auth0rity",
    name={"en": "Auth0rity of Sample"},
    kind="court",
    competence=("XK",),
    official_url="https://auth0rity.example/",
)
_REDRESS: Final = Redress(
    how="Write within 42 days.",
    url="https://auth0rity.example/contest",
    language="en",
    operator_contact="redress@0perator.example",
    answer_within_days=9,
)
_ORDER: Final = Order(
    id="XK-2031-0042",
    version=1,
    purpose="copyright",
    mode=Mode.ENFORCE,
    authority=_AUTHORITY,
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
    effective_from=_AT,
    expires_at=_AT.replace(month=5, day=6, hour=7),
    review_by=_AT.replace(month=4, day=8, hour=9),
    suspended_since=None,
    redress=_REDRESS,
)
_OTHER: Final = replace(
    _ORDER,
    id="XK-2031-0057",
    authority=replace(_AUTHORITY, id="b0ard", name={"en": "B0ard of Sample"}),
    reference="Fi1e 8/31",
)


def example_operator(branding: Branding) -> Operator:
    """Return a made-up operator with a branding."""
    return Operator(name="0perator", url="https://0.example/", contact="c0ntact@0.example", branding=branding)


def example_refusals(operator: Operator) -> tuple[RefusalContext, RefusalContext]:
    """Return two refusals that take every branch of our templates: one as full, one as bare as can be."""
    full = RefusalContext(
        order=_ORDER,
        others=(_OTHER,),
        country="XK",
        subdivisions=(),
        sources=("s0urce",),
        operator=operator,
    )
    bare = replace(_ORDER, legal_basis=_ORDER.legal_basis[1:])
    return full, replace(full, order=bare, others=(), sources=())
