"""English first, then what is spoken where orders apply, or what was chosen; nothing that was there goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from joinfence.site.languages import site_languages
from joinfence.text.catalogues import languages
from tests.site.samples import make_version

KNOWN = set(languages())


@pytest.mark.parametrize(
    ("chosen", "before", "changes", "expected"),
    [
        pytest.param(None, [], [], {"en", "de"}, id="what is spoken there"),
        pytest.param(
            None, [], [("territory", ["BE"])], {"en", "de", "fr", "nl"}, id="several, and the document's"
        ),
        pytest.param(None, [], [("territory", ["DE-BY"])], {"en", "de"}, id="in a part of a country"),
        pytest.param(["en"], [], [], {"en"}, id="a choice is a choice"),
        pytest.param(["de-AT"], [], [], {"en", "de"}, id="English always, and the nearest"),
        pytest.param([], ["de"], [], {"en", "de"}, id="what was there stays"),
        pytest.param([], ["tlh"], [], {"en"}, id="unless nothing speaks it"),
    ],
)
def test_the_languages_are(
    chosen: list[str] | None, before: list[str], changes: list[tuple[str, Any]], expected: set[str]
) -> None:
    found = site_languages(chosen, before, [make_version(Path("order.yaml"), *changes)])
    assert set(found) == expected & KNOWN
    assert found == ("en", *sorted(set(found) - {"en"}))


def test_a_chosen_language_without_a_catalogue_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"site\.languages: there is no catalogue for la; known are .*en"):
        site_languages(["la"], [], [])
