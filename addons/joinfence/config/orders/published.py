"""`index.json` of the public pages: which orders the public can read, and what it reads of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from joinfence.config.orders.schema import OrderId
from joinfence.config.yaml.fields import Instant, Language, Text
from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.config.yaml.validate import Model

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from joinfence.engine.values import Order

INDEX: Final = "index.json"
_GONE: Final = {"superseded", "withdrawn"}


class PublishedOrder(Model):
    """One version of an order that has a page."""

    id: OrderId
    version: Annotated[int, Field(ge=1)]
    state: Text
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    page: Text
    record: Text


class PublishedIndex(Model):
    """What `joinfence site build` writes last: all pages that it lists are there."""

    schema_: Literal["site/1"] = Field(alias="schema", description="site/1")
    operator: Text
    built_at: Instant
    languages: list[Language]
    orders: list[PublishedOrder]


def read_published(path: Path) -> PublishedIndex:
    """Return the index of the public pages. Raises ConfigError."""
    try:
        return PublishedIndex.model_validate(json.loads(path.read_text("utf-8")))
    except OSError as error:
        what = f"cannot be read: {error.strerror}; build the site with `joinfence site build`"
    except ValueError:  # no UTF-8, no JSON, or not this model
        what = (
            "is no index that `joinfence site build` wrote; restore the site, or build it into a new folder"
        )
    raise ConfigError([Problem(path, 1, 1, what)])


def public_digests(paths: Iterable[Path]) -> frozenset[str] | None:
    """Return the digests of all orders that the public can read, None where they need not be public.

    `paths` is the index of the public pages, or empty. Without a site nothing is public. Raises ConfigError.
    """
    found: frozenset[str] | None = None
    for path in paths:
        found = digests(read_published(path)) if path.exists() else frozenset()
    return found


def with_publication(order: Order, public: frozenset[str] | None) -> Order:
    """Return the order as it counts where only what is public is in force."""
    if public is None or digest(order, len(order.meetings)) in public:
        return order
    return replace(order, published=False)


def digests(index: PublishedIndex) -> frozenset[str]:
    """Return the digests of the versions whose pages show them as neither replaced nor withdrawn."""
    return frozenset(order.digest for order in index.orders if order.state not in _GONE)


def digest(order: Order, meetings: int) -> str:
    """Return the SHA-256 of what an order's page says of it, but for a suspension.

    `meetings` is how many it names. Which ones is left out: an id is so short that trying finds it.
    """
    redress = order.redress
    facts = [
        [order.id, order.version, order.purpose, order.mode.value, meetings],
        [order.authority.id, sorted(order.authority.name.items()), order.authority.official_url],
        [order.instrument, order.reference, order.issued_on.isoformat()],
        [[basis.citation, basis.scheme, basis.value] for basis in order.legal_basis],
        sorted(order.reasons.items()),
        sorted(order.territory),
        [each.isoformat() for each in (order.effective_from, order.review_by, order.expires_at)],
        [redress.how, redress.url, redress.language, redress.operator_contact, redress.answer_within_days],
        order.page_digest,
    ]
    return _sha256(facts)


def page_digest(**facts: object) -> str:
    """Return the first 128 bits of the SHA-256 of what an order's page says and the fence does not act on.

    The facts are plain data, as the public record has them, and aware instants.
    """
    return _sha256(facts)[:32]


def _sha256(facts: object) -> str:
    text = json.dumps(facts, separators=(",", ":"), sort_keys=True, default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()
