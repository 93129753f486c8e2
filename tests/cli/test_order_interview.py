"""The order of the questions. A complete interview is in test_orders_new.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.testing import CliRunner

from joinfence.cli.order_interview import interview
from joinfence.cli.order_questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer.testing import Result

PURPOSE = Question(place=("purpose",), text="Purpose")
LANGUAGE = Question(place=("document", "language"), text="Language")
MEANS = Question(place=("necessity", "alternatives"), text="Means", several=True)
LATER = Question(place=("mode",), text="Mode", when=lambda answers: answers.get("purpose") == "privacy")


def answered(given: str, *questions: Question, broken: Any = lambda _answers: ()) -> tuple[Any, Result]:
    found: list[Any] = []
    app = typer.Typer()

    @app.command()
    def ask() -> None:
        found.append(interview(lambda _answers: list(questions), broken))

    done = CliRunner().invoke(app, input=given)
    return found[0] if found else None, done


def test_after_an_invalid_answer_the_question_is_asked_again() -> None:
    answers, done = answered("politics\nprivacy\nenforce\n", PURPOSE, LATER)
    assert answers == {"purpose": "privacy", "mode": "enforce"}
    assert "\nPurpose: copyright, other_ip" in done.stdout
    assert "  expected copyright, other_ip" in done.stdout


def test_a_question_that_does_not_apply_is_not_asked() -> None:
    assert answered("minors\n", PURPOSE, LATER)[0] == {"purpose": "minors"}


def test_several_answers_end_with_an_empty_one_but_need_at_least_one() -> None:
    answers, done = answered(f"one\n{'x' * 501}\ntwo\n\n", MEANS)
    assert answers == {"necessity": {"alternatives": ["one", "two"]}}
    assert done.stdout.count("  expected ") == 1


def test_answers_that_break_a_rule_together_are_asked_for_again() -> None:
    def broken(answers: dict[str, Any]) -> Iterable[tuple[tuple[str | int, ...], str]]:
        if answers["purpose"] == "privacy":
            yield ("purpose",), "not today"
        if answers["document"]["language"] == "fr":
            yield ("document",), "not in French"
        yield ("schema",), "nobody asked"

    answers, done = answered("privacy\nfr\nminors\nde\n", PURPOSE, LANGUAGE, broken=broken)
    assert answers == {"purpose": "minors", "document": {"language": "de"}}
    assert "purpose: not today\n" in done.stdout
    assert "nobody asked" not in done.stdout
