from __future__ import annotations

from itertools import permutations

from joinfence.config.branding import PLAIN, Branding
from joinfence.refusal.template_checks.examples import example_operator, example_refusals
from joinfence.refusal.template_checks.required import _required
from joinfence.text.catalogues import languages
from joinfence.text.words import Words


def test_no_required_text_contains_another() -> None:
    full, _bare = example_refusals(example_operator(PLAIN))
    for language in languages():
        required = _required(full, Words(language))
        texts = [text for pieces in required.values() for text in pieces.values()]
        assert [pair for pair in permutations(texts, 2) if pair[0] in pair[1]] == [], language


def test_one_refusal_has_all_there_can_be_and_the_other_only_what_there_must_be() -> None:
    branding = Branding(name="Own Name")
    full, bare = example_refusals(example_operator(branding))
    assert full.operator.branding is branding
    assert (len(full.others), len(full.order.legal_basis), len(full.sources)) == (1, 2, 1)
    assert (len(bare.others), len(bare.order.legal_basis), len(bare.sources)) == (0, 1, 0)
