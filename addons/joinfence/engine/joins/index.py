"""The index of path rules: finds the few rules whose template may match a path.

Every request passes through here and most are not joins, so looking at all rules would be too slow. A
template is put into one bucket, under the most specific of these keys: its first segment if that is literal
text, else its last, each together with the number of segments if that is fixed; else the number of segments
alone. A path can only match templates in the six buckets that its own first and last segment and length
lead to. There, a plain substring test with the longest literal text of the template comes before the
regular expression.

Keys and substrings are compared case-folded, which may let a template through that does not match. The
regular expression decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.engine.joins.paths import PathTemplate
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.values import Request

_METHOD_HEADERS: Final = {b"x-http-method-override", b"x-http-method", b"x-method-override"}
_TARGET_HEADERS: Final = {b"x-original-url", b"x-rewrite-url"}
_OVERRIDE_HEADERS: Final = _METHOD_HEADERS | _TARGET_HEADERS
_METHOD_PARAMETER: Final = re.compile(rb"[?&]_method=([A-Za-z]{1,20})")


type _BucketKey = tuple[str, int | None]


class _Matcher:
    __slots__ = ("pattern", "required_text", "rule")

    def __init__(self, template: PathTemplate, rule: Rule) -> None:
        self.pattern = re.compile(template.pattern())
        self.rule = rule
        self.required_text = template.longest_literal.casefold()


class PathIndex:
    """Rules, indexed by their path templates."""

    __slots__ = ("_by_count", "_by_first", "_by_last", "_unindexed")

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take rules in any order."""
        self._by_first: defaultdict[_BucketKey, list[_Matcher]] = defaultdict(list)
        self._by_last: defaultdict[_BucketKey, list[_Matcher]] = defaultdict(list)
        self._by_count: defaultdict[int, list[_Matcher]] = defaultdict(list)
        self._unindexed: list[_Matcher] = []
        for rule in rules:
            for template in rule.paths:
                self._bucket(template).append(_Matcher(template, rule))

    def _bucket(self, template: PathTemplate) -> list[_Matcher]:
        segments = template.segments
        count = len(segments) if template.has_fixed_length else None
        if template.is_literal(0):
            return self._by_first[segments[0].casefold(), count]
        if template.is_literal(-1):
            return self._by_last[segments[-1].casefold(), count]
        return self._unindexed if count is None else self._by_count[count]

    def matches(self, path: str, methods: frozenset[str] | None) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        """Yield each rule that matches a canonical path, with the groups; `methods` None means any method."""
        folded = path.casefold()
        segments = folded.split("/")
        count = len(segments) - 1
        first, last = segments[min(count, 1)], segments[-1]
        for bucket in (
            self._by_first.get((first, count)),
            self._by_first.get((first, None)),
            self._by_last.get((last, count)),
            self._by_last.get((last, None)),
            self._by_count.get(count),
            self._unindexed,
        ):
            for matcher in bucket or ():
                if matcher.required_text not in folded or (
                    methods is not None and not matcher.rule.takes_method(methods)
                ):
                    continue
                match = matcher.pattern.fullmatch(path)
                if match:
                    yield matcher.rule, match.groupdict()


def possible_methods_and_targets(request: Request) -> tuple[frozenset[str], tuple[bytes, ...]]:
    """Return every method and every target that a server may use for the request.

    Some frameworks honour X-HTTP-Method-Override and `_method`, some X-Original-URL and X-Rewrite-URL. A rule
    matches if it matches what any of them would see: a client that sends a join in this way intends one.
    """
    methods = [request.method.upper()]
    targets = [request.path]
    if not _OVERRIDE_HEADERS.isdisjoint([name.lower() for name, _ in request.headers]):
        for name, value in request.headers:
            if name.lower() in _METHOD_HEADERS:
                methods.append(value.strip().decode("latin-1").upper())
            elif name.lower() in _TARGET_HEADERS:
                targets.append(_origin_form(value.strip()))
    if b"_method=" in request.path:
        methods += [found.decode("ascii").upper() for found in _METHOD_PARAMETER.findall(request.path)]
    return frozenset(methods), tuple(targets)


def _origin_form(value: bytes) -> bytes:
    """Return the target without scheme and host, if it has them."""
    return re.sub(rb"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", b"", value)
