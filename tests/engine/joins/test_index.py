"""The index finds what trying every template would find, with few attempts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.extract.head import FromPath
from joinfence.engine.joins.index import PathIndex, possible_methods_and_targets
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rules import Rule
from tests.factories import make_request

TEMPLATES = [
    PathTemplate("/"),
    PathTemplate("/a"),
    PathTemplate("/{x}"),
    PathTemplate("/{x}/{y}"),
    PathTemplate("/a/{x}"),
    PathTemplate("/A/{x}/B", ignore_case=True),
    PathTemplate("/**"),
    PathTemplate("/**/b"),
    PathTemplate("/**/b**"),
    PathTemplate("/a/**"),
    PathTemplate("/a/{+x}/b"),
    PathTemplate("/{+x}"),
    PathTemplate("/b**"),
    PathTemplate("/*b/a*"),
]


def rule(template: PathTemplate, methods: frozenset[str] = frozenset()) -> Rule:
    return Rule(service="s", name=template.text, paths=(template,), meeting=(FromPath("x"),), methods=methods)


@given(st.lists(st.sampled_from(["a", "b", "A", "ab", "ba", "bb", "\udc2f", "B"]), max_size=4))
def test_the_index_finds_exactly_the_rules_that_match(segments: list[str]) -> None:
    path = "".join(f"/{segment}" for segment in segments)
    found = {rule.name for rule, _groups in PathIndex(map(rule, TEMPLATES)).matches(path, None)}
    assert found == {t.text for t in TEMPLATES if re.fullmatch(t.pattern(), path)}


def test_a_rule_is_found_with_its_groups() -> None:
    ((_, groups),) = PathIndex([rule(PathTemplate("/a/{+x}/b"))]).matches("/a/1/2/b", None)
    assert groups == {"x": "1/2"}


def test_only_rules_with_the_method_are_found() -> None:
    index = PathIndex([rule(PathTemplate("/a"), frozenset({"POST"}))])
    assert [len(list(index.matches("/a", m))) for m in (frozenset({"GET"}), frozenset({"POST"}), None)] == [
        0,
        1,
        1,
    ]


@pytest.mark.parametrize("folder", ["static", "api"])
def test_a_path_in_another_folder_is_not_matched_against_any_pattern(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = PathIndex(
        [rule(PathTemplate("/j/{x}")), rule(PathTemplate("/**/rtc")), rule(PathTemplate("/**/http-bind**"))]
    )
    monkeypatch.setattr("joinfence.engine.joins.index._Matcher.pattern", None)
    assert list(index.matches(f"/{folder}/app/main.js", None)) == []


@pytest.mark.parametrize(
    ("target", "headers", "methods", "targets"),
    [
        ("/a", {}, {"GET"}, ["/a"]),
        ("/a", {"X-HTTP-Method-Override": " put "}, {"GET", "PUT"}, ["/a"]),
        ("/a", {"X-Method-Override": "PUT", "x-http-method": "POST"}, {"GET", "PUT", "POST"}, ["/a"]),
        ("/a?_method=put&_method=POST", {}, {"GET", "PUT", "POST"}, ["/a?_method=put&_method=POST"]),
        ("/a", {"X-Original-URL": "/b?c"}, {"GET"}, ["/a", "/b?c"]),
        ("/a", {"x-rewrite-url": "https://h/b"}, {"GET"}, ["/a", "/b"]),
        ("/a", {"X-Other": "/b"}, {"GET"}, ["/a"]),
        ("/a", {"X-Other": "/b", "X-Rewrite-URL": "/c"}, {"GET"}, ["/a", "/c"]),
    ],
)
def test_overrides_of_the_method_and_target_count(
    target: str, headers: dict[str, str], methods: set[str], targets: list[str]
) -> None:
    fields = tuple((name.encode(), value.encode()) for name, value in headers.items())
    found = possible_methods_and_targets(make_request(target, headers=fields))
    assert found == (frozenset(methods), tuple(t.encode() for t in targets))
