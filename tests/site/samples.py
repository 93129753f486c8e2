"""Versions of orders and built sites for tests of the public pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.validate import validate
from joinfence.engine.order import Authority
from joinfence.engine.values import Join
from joinfence.loading.loader import Loader
from joinfence.site.build import build
from joinfence.site.life import Version
from joinfence.site.public_order import PublicOrder, public_order
from joinfence.text.operator import Operator
from tests.factories import make_order
from tests.order_texts import changed

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.site.build import Built

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OPERATOR = Operator(name="Example Meetings", url="https://meet.example/legal/", contact="legal@meet.example")

COURT = Authority(
    id="de-lg-beispielstadt",
    name={"de": "Landgericht Beispielstadt", "en": "Regional Court of Beispielstadt"},
    kind="court",
    competence=("DE",),
    official_url="https://lg-beispielstadt.example/",
)
MEETINGS = (Join("demo", "townhall"), Join("zoom", "98765432101"))


def make_file(path: Path, *changes: tuple[str, Any]) -> OrderFile:
    """Return the file of the shipped German order with changes."""
    return validate(OrderFile, parse_document(path, changed(*changes)))


def make_public(path: Path, *changes: tuple[str, Any]) -> PublicOrder:
    """Return the public part of the shipped German order with changes."""
    return public_order(make_file(path, *changes), make_order(authority=COURT, meetings=MEETINGS))


def make_version(path: Path, *changes: tuple[str, Any], **life: Any) -> Version:
    """Return the first version of that order, published at AT by default."""
    return Version(order=make_public(path, *changes), **{"published_at": AT, **life})


def build_at(main: Path, out: Path, at: datetime = AT) -> Built:
    """Build the site of a configuration at an instant."""
    return build(main, Loader(main).load(at), out, at)


def tree(folder: Path) -> dict[str, bytes]:
    """Return path -> content of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
