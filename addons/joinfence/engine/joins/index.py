"""Which rules a path may fit, by what can be told of it cheaply: most traffic is no join, and pays little."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.engine.joins.paths import PathTemplate
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.values import Request

_OVERRIDES: Final = {b"x-http-method-override", b"x-http-method", b"x-method-override"}
_TARGETS: Final = {b"x-original-url", b"x-rewrite-url"}
_OTHERS: Final = _OVERRIDES | _TARGETS
_FIELD: Final = re.compile(rb"[?&]_method=([A-Za-z]{1,20})")


type _Tell = tuple[str, int | None]


class _Matcher:
    __slots__ = ("needle", "pattern", "rule")

    def __init__(self, template: PathTemplate, rule: Rule) -> None:
        self.pattern = re.compile(template.pattern())
        self.rule = rule
        self.needle = template.longest_text.casefold()


class PathIndex:
    """Rules by the first literal segment of their paths, else the last, and by the number of segments."""

    __slots__ = ("_by_count", "_by_first", "_by_last", "_others")

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take rules in any order."""
        self._by_first: defaultdict[_Tell, list[_Matcher]] = defaultdict(list)
        self._by_last: defaultdict[_Tell, list[_Matcher]] = defaultdict(list)
        self._by_count: defaultdict[int, list[_Matcher]] = defaultdict(list)
        self._others: list[_Matcher] = []
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
        return self._others if count is None else self._by_count[count]

    def matches(self, path: str, methods: frozenset[str] | None) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        """Yield each rule that a canonical path fits, with the path's groups; `methods` None means any."""
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
            self._others,
        ):
            for matcher in bucket or ():
                if matcher.needle not in folded or (
                    methods is not None and not matcher.rule.takes_method(methods)
                ):
                    continue
                match = matcher.pattern.fullmatch(path)
                if match:
                    yield matcher.rule, match.groupdict()


def other_readings(request: Request) -> tuple[frozenset[str], tuple[bytes, ...]]:
    """Return every method and target that a server may take the request to have.

    Some frameworks believe X-HTTP-Method-Override and `_method`, some X-Original-URL and X-Rewrite-URL. A
    rule that fits what any of them would see matches: who writes a join there means one.
    """
    methods = [request.method.upper()]
    targets = [request.path]
    if not _OTHERS.isdisjoint([name.lower() for name, _ in request.headers]):
        for name, value in request.headers:
            if name.lower() in _OVERRIDES:
                methods.append(value.strip().decode("latin-1").upper())
            elif name.lower() in _TARGETS:
                targets.append(_origin_form(value.strip()))
    if b"_method=" in request.path:
        methods += [found.decode("ascii").upper() for found in _FIELD.findall(request.path)]
    return frozenset(methods), tuple(targets)


def _origin_form(value: bytes) -> bytes:
    """Return the target without scheme and host, where it comes with them."""
    return re.sub(rb"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", b"", value)
