"""Asks the questions about a new order one by one; says what is expected where an answer is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from joinfence.cli.order_questions import allowed, problem, put
from joinfence.cli.shared import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from joinfence.cli.order_questions import Answers, KeyPath, Question

type Broken = tuple[tuple[str | int, ...], str]


def interview(
    questions: Callable[[Answers], list[Question]], broken: Callable[[Answers], Iterable[Broken]]
) -> Answers:
    """Return the answers to all questions; those that break a rule between them are asked for again.

    `broken` yields the place and a sentence for each rule that the answers break. A rule that no question is
    about is left to whoever reads the order.
    """
    answers: Answers = {}
    asked: set[KeyPath] = set()
    while True:
        while question := next(
            (each for each in questions(answers) if each.place not in asked and each.when(answers)), None
        ):
            put(answers, question.place, _ask(question, answers))
            asked.add(question.place)
        again = set()
        for loc, message in broken(answers):
            places = {each.place for each in questions(answers) if _is_about(each.place, loc)}
            if places:
                typer.echo(f"{'.'.join(map(str, loc))}: {printable(message)}")
            again |= places
        if not again:
            return answers
        asked -= again


def _is_about(place: KeyPath, loc: tuple[str | int, ...]) -> bool:
    keys = tuple(step for step in loc if isinstance(step, str))
    return keys[: len(place)] == place or place[: len(keys)] == keys


def _ask(question: Question, answers: Answers) -> Any:  # noqa: ANN401 - plain data
    typer.echo(f"\n{question.text}: {allowed(question)}")
    if not question.several:
        return _one(question, question.default(answers))
    values = [_one(question, None)]
    while text := typer.prompt("one more, or nothing", default="", show_default=False):
        value = question.read(text)
        if found := problem(question, value):
            typer.echo(f"  expected {printable(found)}")
        else:
            values.append(value)
    return values


def _one(question: Question, default: str | None) -> Any:  # noqa: ANN401 - plain data
    while True:
        value = question.read(typer.prompt(".".join(question.place), default=default))
        found = problem(question, value)
        if found is None:
            return value
        typer.echo(f"  expected {printable(found)}")
