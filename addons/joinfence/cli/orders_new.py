"""`joinfence orders new`."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from joinfence.cli.configuration import load
from joinfence.cli.order_interview import interview
from joinfence.cli.order_questions import at, questions
from joinfence.cli.shared import DEFAULT_CONFIG, ConfigOption, fail, printable
from joinfence.config.files import beside, matching
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.draft import completed, draft
from joinfence.config.orders.groups import GROUPS
from joinfence.config.orders.reader import read_order
from joinfence.config.orders.rules import violations
from joinfence.config.orders.schema import OrderFile
from joinfence.config.services.reader import read_service
from joinfence.config.yaml.document import parse_document, read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.cli.order_questions import Answers
    from joinfence.config.yaml.document import Document, Violation
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority
    from joinfence.loading.loader import Loaded

SCHEMA: Final = Path("schemas") / "order.json"
_DRAFT: Final = Path("the answers")


def new(
    answers: Annotated[
        Path | None,
        typer.Option(
            help="A file with the answers, with the keys of an order file; nothing is asked.", metavar="FILE"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Where to write the order; by default to the folder of the others.", metavar="FILE"
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write a new order: ask for each part and say what is allowed.

    EU and EEA are replaced by their member states, and the default expiry is the end of the longest period
    allowed. What an order must not contain is refused, with the reason.
    """
    context = _Context(config, load(config, datetime.now(UTC)), datetime.now(UTC))
    document = _read(answers) if answers else None
    given = document.data if document else interview(context.questions, context.violations)
    assert isinstance(given, dict)  # noqa: S101 - `_read` checks it, and an interview returns one
    data = context.completed(given)
    path = output or beside(config, context.folder()) / f"{data.get('id')}.yaml"
    groups = frozenset(each for each in GROUPS if each in (given.get("territory") or ()))
    text = draft(data, schema=os.path.relpath(config.parent / SCHEMA, path.parent), groups=groups)
    # The answers are checked first because problems in them can be reported with positions in their file.
    context.check(replace(document, data=data) if document else parse_document(path, text))
    context.check(parse_document(path, text))
    _write(path, text)
    typer.echo(f"wrote {printable(str(path))}; `joinfence plan {data['id']}` shows what it would change")


@dataclass(frozen=True, slots=True)
class _Context:
    """The configuration that a new order will be part of, and the rules it must follow there."""

    config: Path
    loaded: Loaded
    now: datetime

    def register(self) -> dict[str, Authority]:
        return read_authorities(beside(self.config, self.loaded.settings.authorities))

    def services(self) -> dict[str, tuple[Step, ...]]:
        files = matching(self.config, self.loaded.settings.services)
        read = (read_service(read_document(Path(path))) for path in files)
        return {name: chain for name, chain, _rules in read}

    def folder(self) -> str:
        patterns = self.loaded.settings.orders
        return os.path.dirname(patterns[0]) if patterns else "orders"  # noqa: PTH120 - a pattern is no path

    def questions(self, answers: Answers) -> list[Any]:
        competence = {name: authority.competence for name, authority in self.register().items()}
        return questions(answers, competence=competence, services=self.services(), free_id=self.free_id)

    def free_id(self, answers: Answers) -> str:
        """Return an id that no order has: the authority's country, the year and the next number."""
        authority = self.register().get(str(at(answers, ("authority", "id"))))
        prefix = f"{authority.competence[0][:2] if authority else 'XX'}-{self.now.year}-"
        taken = [each.id for each in self.loaded.policy.orders if each.id.startswith(prefix)]
        return f"{prefix}{max((int(each[-4:]) for each in taken), default=0) + 1:04}"

    def completed(self, answers: Answers) -> dict[str, Any]:
        return completed({"id": self.free_id(answers), **answers})

    def violations(self, answers: Answers) -> Iterable[Violation]:
        data = self.completed(answers)
        document = parse_document(_DRAFT, draft(data, schema="", groups=frozenset()))
        try:
            file = validate(OrderFile, document)
        except ConfigError as error:
            fail(*error.problems, "nothing was written")
        return violations(file, document, self.register(), self.services(), self.now)

    def check(self, document: Document) -> None:
        """Exit with every problem of an order, if there are any."""
        try:
            order = read_order(document, register=self.register(), services=self.services(), now=self.now)
        except ConfigError as error:
            fail(*error.problems, f"{len(error.problems)} problem(s); nothing was written")
        if self.loaded.policy.orders.get(order.id):
            fail(
                document.problem(("id",), f"{order.id} is taken; ids are never reused"),
                "nothing was written",
            )


def _read(path: Path) -> Document:
    try:
        document = read_document(path)
    except ConfigError as error:
        fail(*error.problems, "nothing was written")
    if not isinstance(document.data, dict):
        fail(document.problem((), "expected keys of an order, such as `purpose: copyright`"))
    return document


def _write(path: Path, text: str) -> None:
    if os.path.lexists(path):
        fail(f"{path} already exists; nothing was written")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
