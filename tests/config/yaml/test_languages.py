from __future__ import annotations

import pycountry

from joinfence.config.yaml.languages import LANGUAGES


def test_they_are_those_of_iso_639_1() -> None:
    listed = {getattr(language, "alpha_2", None) for language in pycountry.languages} - {None}
    assert listed == LANGUAGES
