"""`index.json` of the public pages: the published orders, each with a digest of what its page shows."""

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

    from joinfence.engine.order import Order

INDEX: Final = "index.json"
_NO_LONGER_PUBLISHED: Final = {"superseded", "withdrawn"}


class PublishedOrder(Model):
    """One version of an order, with its page."""

    id: OrderId
    version: Annotated[int, Field(ge=1)]
    state: Text
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    page: Text
    record: Text


class PublishedIndex(Model):
    """The index, which `joinfence site build` writes last: every page it lists exists."""

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
    except ValueError:  # not UTF-8, not JSON, or not a valid index
        what = (
            "is not an index written by `joinfence site build`; restore the site, or build it in a new folder"
        )
    raise ConfigError([Problem(path, 1, 1, what)])


def public_digests(paths: Iterable[Path]) -> frozenset[str] | None:
    """Return the digests of all published orders, or None if orders need not be published.

    `paths` is the index of the public pages, or is empty if orders need not be published. If there is no
    index yet, nothing is published. Raises ConfigError.
    """
    public: frozenset[str] | None = None
    for path in paths:
        public = digests(read_published(path)) if path.exists() else frozenset()
    return public


def with_publication(order: Order, public: frozenset[str] | None) -> Order:
    """Return the order, marked as unpublished if the public pages do not show it as it is."""
    if public is None or digest(order, len(order.meetings)) in public:
        return order
    return replace(order, published=False)


def digests(index: PublishedIndex) -> frozenset[str]:
    """Return the digests of the versions that the pages show as neither superseded nor withdrawn."""
    return frozenset(order.digest for order in index.orders if order.state not in _NO_LONGER_PUBLISHED)


def digest(order: Order, meetings: int) -> str:
    """Return the SHA-256 of what an order's page says about it, except for a suspension.

    `meetings` is the number of meetings it names. Their ids are not part of the digest: ids are so short that
    they could be found from it by trial.
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
    """Return the first 128 bits of the SHA-256 of those parts of an order's page that the fence does not use.

    The facts are plain data, as in the public record, and aware instants.
    """
    return _sha256(facts)[:32]


def _sha256(facts: object) -> str:
    text = json.dumps(facts, separators=(",", ":"), sort_keys=True, default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()
