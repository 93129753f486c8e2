"""Asks the questions about a new order one by one; after an invalid answer, says what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from joinfence.cli.order_questions import allowed, expected_instead, put
from joinfence.cli.shared import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from joinfence.cli.order_questions import Answers, KeyPath, Question
    from joinfence.config.yaml.document import Violation


def interview(
    questions: Callable[[Answers], list[Question]], violations: Callable[[Answers], Iterable[Violation]]
) -> Answers:
    """Return the answers to all questions. Questions whose answers break a rule together are asked again.

    `violations` yields place and message for each rule that the answers break. A violation that concerns no
    question is not reported here; the final check of the order reports it.
    """
    answers: Answers = {}
    asked: set[KeyPath] = set()
    while True:
        while question := next(
            (each for each in questions(answers) if each.place not in asked and each.when(answers)), None
        ):
            put(answers, question.place, _ask(question, answers))
            asked.add(question.place)
        to_repeat = set()
        for loc, message in violations(answers):
            places = {each.place for each in questions(answers) if _is_about(each.place, loc)}
            if places:
                typer.echo(f"{'.'.join(map(str, loc))}: {printable(message)}")
            to_repeat |= places
        if not to_repeat:
            return answers
        asked -= to_repeat


def _is_about(place: KeyPath, loc: tuple[str | int, ...]) -> bool:
    keys = tuple(step for step in loc if isinstance(step, str))
    return keys[: len(place)] == place or place[: len(keys)] == keys


def _ask(question: Question, answers: Answers) -> Any:  # noqa: ANN401 - plain data
    typer.echo(f"\n{question.text}: {allowed(question)}")
    if not question.several:
        return _one(question, question.default(answers))
    values = [_one(question, None)]
    while text := typer.prompt("another one, or Enter to continue", default="", show_default=False):
        value = question.read(text)
        if expected := expected_instead(question, value):
            typer.echo(f"  expected {printable(expected)}")
        else:
            values.append(value)
    return values


def _one(question: Question, default: str | None) -> Any:  # noqa: ANN401 - plain data
    while True:
        value = question.read(typer.prompt(".".join(question.place), default=default))
        expected = expected_instead(question, value)
        if expected is None:
            return value
        typer.echo(f"  expected {printable(expected)}")
