"""The checks render every language, which takes seconds: by default most tests render three of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.refusal.template_checks import rendering
from joinfence.refusal.template_checks.check import branding_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sampling import Sample


@pytest.fixture
def every_language() -> None:
    """Asked for by the tests whose point it is that pages are checked in every language."""


@pytest.fixture(autouse=True)
def _three_languages(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, sample: Sample
) -> Iterator[None]:
    """Check pages in three languages instead of all, unless a test asks for every language, or --all does."""
    if not sample.everything and "every_language" not in request.fixturenames:
        monkeypatch.setattr(rendering, "languages", lambda: ("ar", "en", "th"))
    branding_problems.cache_clear()  # what it found in other languages
    yield
    branding_problems.cache_clear()
