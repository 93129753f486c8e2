from __future__ import annotations

import pytest

from joinfence.config.branding import PLAIN, Branding
from joinfence.refusal.template_checks.colours import _contrast, colour_problems


def problems(colours: str) -> list[str]:
    return [problem.message for problem in colour_problems(Branding(colours=colours))]


def test_the_built_in_colours_have_enough_contrast() -> None:
    assert list(colour_problems(PLAIN)) == []


def test_text_with_too_little_contrast_is_a_problem_on_each_background() -> None:
    css = "@media (prefers-color-scheme: light) {:root {--ink: #777777;--sheet: #ffffff;}}"
    assert problems(css) == [
        "colours.light: `ink` (#777777) on `paper` (#f6f5f1) has a contrast of 4.10; "
        "expected at least 4.5 (WCAG 2.2, 1.4.3)",
        "colours.light: `ink` (#777777) on `sheet` (#ffffff) has a contrast of 4.48; "
        "expected at least 4.5 (WCAG 2.2, 1.4.3)",
    ]


def test_a_dark_colour_is_compared_with_the_dark_backgrounds() -> None:
    css = "@media (prefers-color-scheme: dark) {:root {--link: #0b4f94;}}"
    assert {message.split(" on ")[0] for message in problems(css)} == {"colours.dark: `link` (#0b4f94)"}


def test_the_colour_of_marks_is_a_text_colour() -> None:
    css = "@media (prefers-color-scheme: light) {:root {--mark: #ffe082;}}"
    assert {message.split(" on ")[0] for message in problems(css)} == {"colours.light: `mark` (#ffe082)"}


@pytest.mark.parametrize(
    ("one", "other", "contrast"),
    [("#000", "#ffffff", 21), ("#fff", "#ffffff", 1), ("#777777", "#ffffff", 4.478)],
)
def test_contrast_ratio(one: str, other: str, contrast: float) -> None:
    assert _contrast(one, other) == _contrast(other, one) == pytest.approx(contrast, abs=0.001)
