"""English, then official languages where orders apply, or those chosen; no language is dropped."""

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
        pytest.param(None, [], [], {"en", "de"}, id="official languages"),
        pytest.param(
            None,
            [],
            [("territory", ["BE"])],
            {"en", "de", "fr", "nl"},
            id="several official languages, and that of the document",
        ),
        pytest.param(None, [], [("territory", ["DE-BY"])], {"en", "de"}, id="a subdivision"),
        pytest.param(["en"], [], [], {"en"}, id="chosen languages only"),
        pytest.param(
            ["de-AT"], [], [], {"en", "de"}, id="English is always included; a variant matches its language"
        ),
        pytest.param([], ["de"], [], {"en", "de"}, id="a language of the existing site stays"),
        pytest.param([], ["tlh"], [], {"en"}, id="unless it has no catalogue"),
    ],
)
def test_the_languages_of_the_site(
    chosen: list[str] | None, before: list[str], changes: list[tuple[str, Any]], expected: set[str]
) -> None:
    found = site_languages(chosen, before, [make_version(Path("order.yaml"), *changes)])
    assert set(found) == expected & KNOWN
    assert found == ("en", *sorted(set(found) - {"en"}))


def test_a_chosen_language_without_a_catalogue_is_an_error() -> None:
    with pytest.raises(
        ValueError, match=r"site\.languages: there is no catalogue for la; expected one of .*en"
    ):
        site_languages(["la"], [], [])
