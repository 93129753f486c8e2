"""The paths that servers may read in a raw request target, and templates for them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.paths import MAX_TARGET_BYTES, PathTemplate, readings, restore_slashes


@pytest.mark.parametrize(
    ("target", "path"),
    [
        pytest.param(b"/j/123", "/j/123", id="plain"),
        pytest.param(b"/j/123?pwd=/x/y", "/j/123", id="query"),
        pytest.param(b"/j/123/", "/j/123", id="trailing slash"),
        pytest.param(b"//j///123", "/j/123", id="repeated slashes are merged"),
        pytest.param(b"/./j/./123", "/j/123", id="dot segments, RFC 3986 5.2.4"),
        pytest.param(b"/x/../j/123", "/j/123", id="parent segments"),
        pytest.param(b"/../../j/123", "/j/123", id="parent segments above the root"),
        pytest.param(b"/j//../123", "/123", id="parent segments after merged slashes"),
        pytest.param(b"/j//../123", "/j/123", id="parent segments after an empty one"),
        pytest.param(b"/janus//../..", "/janus/../..", id="dots that are kept"),
        pytest.param(b"/j/./%2e%2E/1", "/j/./../1", id="encoded dots that are kept"),
        pytest.param(b"/%6a/%31%32%33", "/j/123", id="percent-encoded"),
        pytest.param(b"/x/%2e%2E/j/123", "/j/123", id="encoded dots"),
        pytest.param(b"/j/%2531", "/j/%31", id="decoded once"),
        pytest.param(b"/j/%zz%4", "/j/%zz%4", id="invalid percent sign"),
        pytest.param(b"/j/12%2F3", "/j/12/3", id="encoded slash, decoded before the split"),
        pytest.param(b"/j/12%2F3", "/j/12\udc2f3", id="encoded slash, inside its segment"),
        pytest.param(b"/j;v=1/123;x=/y", "/j/123/y", id="path parameters dropped"),
        pytest.param(b"/j/123;v=1", "/j/123;v=1", id="path parameters kept"),
        pytest.param(b"/j/123#x", "/j/123", id="fragment dropped"),
        pytest.param(b"/j/123#x", "/j/123#x", id="fragment kept"),
        pytest.param(b"\\j\\123", "/j/123", id="backslashes"),
        pytest.param(b"/j/123%00x", "/j/123", id="NUL ends the path"),
        pytest.param(b"/j/123%00;a#b", "/j/123", id="several of these at once"),
        pytest.param("/j/é".encode(), "/j/é", id="raw UTF-8"),
        pytest.param(b"/j/\xff", "/j/\udcff", id="not UTF-8"),
        pytest.param(b"/", "", id="root"),
        pytest.param(b"", "", id="empty"),
        pytest.param(b"*", "*", id="asterisk form"),
    ],
)
def test_the_readings_of_a_target_contain_the_path(target: bytes, path: str) -> None:
    assert path in readings(target)


def test_most_targets_have_one_reading() -> None:
    assert readings(b"/static/app.js?v=1") == ("/static/app.js",)


def test_a_target_that_no_server_accepts_has_no_reading() -> None:
    assert readings(b"/%41" * (MAX_TARGET_BYTES // 4 + 1)) == ()


@given(st.binary(max_size=40))
def test_readings_are_canonical_and_few(target: bytes) -> None:
    found = readings(target)
    assert len(found) <= 96
    for path in found:
        assert "//" not in path
    assert not re.search(r"/\.{1,2}(/|\Z)", "".join(found[:1])), "the first reading has its dots resolved"


@pytest.mark.parametrize(
    ("template", "path", "groups"),
    [
        ("/j/{meeting}", "/j/123", {"meeting": "123"}),
        ("/j/{meeting}", "/j/123/x", None),
        ("/j/{meeting}", "/J/123", None),
        ("/room-{meeting}.html", "/room-a.b.html", {"meeting": "a.b"}),
        ("/{tenant}/{meeting}", "/a/b", {"tenant": "a", "meeting": "b"}),
        ("/bind*", "/bindZZ", {}),
        ("/bind*", "/bind/ZZ", None),
        ("/**/rtc", "/rtc", {}),
        ("/**/rtc", "/a/b/rtc", {}),
        ("/**/rtc", "/a/brtc", None),
        ("/janus/**", "/janus", {}),
        ("/janus/**", "/janus/1/2", {}),
        ("/janus/**", "/janusx", None),
        ("/", "", {}),
        ("/a.b", "/axb", None),
        ("/j/{meeting}", "/j/1\n2", {"meeting": "1\n2"}),
        ("/j/{meeting}", "/j/1\udc2f2", {"meeting": "1\udc2f2"}),
        ("/**/bind**", "/bind", {}),
        ("/**/bind**", "/a/b/bindZZ/x\ny", {}),
        ("/**/bind**", "/a/xbind", None),
        ("/g/{+group}/.whip", "/g/a/b/.whip", {"group": "a/b"}),
        ("/g/{+group}/.whip", "/g/.whip", None),
    ],
)
def test_the_paths_that_a_template_matches(template: str, path: str, groups: dict[str, str] | None) -> None:
    made = PathTemplate(template)
    match = re.fullmatch(made.pattern(), path)
    assert (match.groupdict() if match else None) == groups


def test_ignore_case_ignores_case() -> None:
    assert re.fullmatch(PathTemplate("/Join/{meeting}", ignore_case=True).pattern(), "/jOIN/A")


@pytest.mark.parametrize(
    ("template", "longest", "fixed", "first", "last"),
    [
        ("/", "", True, False, False),
        ("/a/{b}", "a", True, True, False),
        ("/{a}/b", "b", True, False, True),
        ("/**/a", "a", False, False, True),
        ("/a/**", "a", False, True, False),
        ("/**/x-a**", "x-a", False, False, False),
        ("/**/v*.php/{b}/apps", ".php", False, False, True),
        ("/{b}a**", "a", False, False, False),
        ("/{+a}/b", "b", False, False, True),
    ],
)
def test_the_properties_that_the_index_uses(
    template: str, longest: str, fixed: bool, first: bool, last: bool
) -> None:
    made = PathTemplate(template)
    assert (made.longest_literal, made.has_fixed_length, made.is_literal(0), made.is_literal(-1)) == (
        longest,
        fixed,
        first,
        last,
    )


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("j/{meeting}", "a path that starts with /"),
        ("/**/a/**", "only one ** or {+name} is allowed in a path"),
        ("/**/{+a}", "only one ** or {+name} is allowed in a path"),
        ("/a**/b", "** must be a whole segment, /**/, or at the end"),
        ("/a{+b}", "segments are text, {name}, {+name}, * or **"),
        ("/{+a}/{a}", "each {name} may appear only once"),
        ("/a/../b", "segments are text, {name}, {+name}, * or **"),
        ("/a/{Meeting}", "segments are text, {name}, {+name}, * or **"),
        ("/a/{meeting", "segments are text, {name}, {+name}, * or **"),
        ("/{a}/{a}", "each {name} may appear only once"),
    ],
)
def test_text_that_is_not_a_template_is_refused_with_a_sentence(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        PathTemplate(template)


def test_an_inner_slash_is_restored() -> None:
    assert restore_slashes("a\udc2fb") == "a/b"
