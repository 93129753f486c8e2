from __future__ import annotations

import pytest

from joinfence.config.branding import Branding
from joinfence.refusal.template_checks.problems import template_to_blame


@pytest.mark.parametrize(
    ("own", "name", "blamed"),
    [
        pytest.param(("base.html.j2", "page.html.j2"), "page.html.j2", "page.html.j2", id="the named one"),
        pytest.param(
            ("refusal.txt.j2", "base.html.j2"), "page.html.j2", "base.html.j2", id="one of its kind"
        ),
        pytest.param(("refusal.txt.j2",), "page.html.j2", "refusal.txt.j2", id="the only one"),
        pytest.param((), "page.html.j2", "", id="none"),
    ],
)
def test_a_template_of_the_operator_is_blamed(own: tuple[str, ...], name: str, blamed: str) -> None:
    branding = Branding(templates=tuple((each, "") for each in own))
    assert template_to_blame(branding, name) == blamed
