"""The fields of an order: each is removed, emptied, mistyped and put out of range, and the message compared.

The reviewed messages are in order_problems.txt. `python tests/config/orders/test_schema.py` writes the file.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.reader import read_order
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.joins.normalise import Step
from tests.config_files import SHIPPED
from tests.order_texts import REMOVED, changed, steps

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REVIEWED = Path(__file__).with_name("order_problems.txt")

LONG: Final = "x" * 2001
OPTIONAL: Final[tuple[tuple[str, Any], ...]] = (
    ("version", 2),
    ("supersedes", 1),
    ("authority.ecli", "ECLI:DE:BGH:2026:010126UIZR1.26.0"),
    ("narrowed_from", "The whole world."),
    ("host_notice", {"state": "deferred", "reason": "The host is abroad.", "until": "2026-12-01T00:00:00Z"}),
    ("mode", "observe"),
    ("suspended", {"since": "2026-11-20T00:00:00Z", "reason": "An appeal is pending."}),
)
"""Changes that add every field the example lacks, except document.file, which needs a file."""
CASES: Final[list[tuple[str, Any]]] = [
    ("schema", "order/2"),
    ("id", "DE-26-1"),
    ("id", "de-2026-0001"),
    ("id", "DE-2026-0001\n"),
    ("id", "DE-٢٠٢٦-0001"),
    ("id", "DE-2026-٠٠٠١"),
    ("version", 0),
    ("version", True),
    ("version", 2),
    ("supersedes", 1),
    ("purpose", "politics"),
    ("authority.id", "de-nobody"),
    ("authority.id", "De Nobody"),
    ("authority.instrument", "letter"),
    ("authority.reference", "a"),
    ("authority.reference", "a" * 121),
    ("authority.issued_on", "2026-13-01"),
    ("authority.issued_on", "2027-01-01"),
    ("authority.issued_on", "2026-11-08"),
    ("authority.ecli", "x"),
    ("authority.ecli", "ECLI:DE:BGH:2026:010126UIZR1.26.0"),
    ("document.url", "http://meet.example/"),
    ("document.url", "https://meet.example/a b"),
    ("document.url", "https://[meet.example/"),
    ("document.sha256", "A"),
    ("document.language", "xx"),
    ("document.redacted", "yes"),
    ("document.file", "missing.pdf"),
    ("document.file", "../order.pdf"),
    ("document.file", "/dev/zero"),
    ("document.file", ".."),
    ("document.file", "a\0b"),
    ("document.file", -7),
    ("legal_basis", []),
    ("legal_basis[0].scheme", "isbn"),
    ("reasons.de", "short"),
    ("reasons.fr", LONG),
    ("reasons.xx", "x" * 50),
    ("reasons", {}),
    ("necessity.aim", "order"),
    ("necessity.alternatives", []),
    *(
        ("territory", [code])
        for code in (
            *("UK", "EL", "EU", "EEA", "AP", "ZZ", "001", "*", "CN-HK", "CN-TW", "US-PR", "FR-971", "NO-21"),
            *("de", "YU", "AN", "XX", "DE-XX", "DE-BY", "XK", True, "FR", ""),
        )
    ),
    ("territory", []),
    ("territory", ["DE"] * 61),
    ("territory", ["DE", "DE"]),
    ("territory", "DE"),
    *(
        (key, 1)
        for key in (
            *("users", "accounts", "emails", "addresses", "networks", "nationality", "language", "device"),
            *("keywords", "topics", "patterns", "action", "all meetings", "teritory", "zzz"),
        )
    ),
    ("meetings", []),
    ("meetings", [{"service": "demo", "id": "a"}] * 51),
    ("meetings[0].id", "*"),
    ("meetings[0].id", ""),
    ("meetings[0].id", 12),
    ("meetings[0].id", True),
    ("meetings[0].service", "webex"),
    ("meetings[1].id", "abc"),
    ("meetings", [{"service": "zoom", "id": "987 6543 2101"}, {"service": "zoom", "id": "987-6543-2101"}]),
    ("meetings[0].id", "x" * 501),
    ("meetings[0].users", [1]),
    ("meetings[0].id", "Konzertübertragung"),
    ("expires_at", "2026-11-10"),
    ("expires_at", "2026-11-10T00:00:00"),
    ("expires_at", "soon"),
    ("expires_at", "2026-11-01T00:00:00Z"),
    ("expires_at", "2026-11-10T00:00:00+01:00"),
    ("expires_at", "2027-02-11T00:00:00+01:00"),
    ("review_by", "2027-03-01T00:00:00Z"),
    ("review_by", "2026-11-09T23:00:00Z"),
    ("redress.operator.contact", "x"),
    ("redress.operator.answer_within_days", 31),
    ("redress.operator.answer_within_days", 0),
    ("redress.operator.answer_within_days", 1.5),
    ("host_notice", {"state": "deferred"}),
    ("host_notice", {"state": "deferred", "reason": "x", "until": "2027-01-01T00:00:00Z"}),
    ("host_notice", {"state": "deferred", "reason": "x", "until": "2026-12-01T00:00:00Z"}),
    ("host_notice", {"state": "not_possible"}),
    ("host_notice", {"state": "sent"}),
    (
        "host_notice",
        {"state": "sent", "at": "2026-11-06T11:00:00Z", "reason": "x", "until": "2026-12-01T00:00:00Z"},
    ),
    ("host_notice", {"state": "not_possible", "at": "2026-11-06T11:00:00Z", "reason": "x"}),
    ("host_notice.state", "later"),
    ("mode", "block"),
    ("suspended", {"since": "x"}),
    ("suspended", {"since": "2026-11-20T00:00:00Z", "reason": "An appeal is pending."}),
]


def places(data: Any, before: str = "") -> list[str]:
    found = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        place = f"{before}[{key}]" if isinstance(key, int) else f"{before}.{key}".lstrip(".")
        found.append(place)
        if isinstance(value, dict | list):
            found += places(value, place)
    return found


def at(data: Any, place: str) -> Any:
    for step in steps(place):
        data = data[step]
    return data


def outcome(*changes: tuple[str, Any]) -> str:
    register = read_authorities(SHIPPED / "authorities.yaml")
    try:
        read_order(
            parse_document(Path("o.yaml"), changed(*changes)),
            register=register,
            services={"demo": (), "zoom": (Step.DIGITS,)},
            now=NOW,
        )
    except ConfigError as error:
        return str(error)
    return "fine"


def mistyped(value: Any) -> list[Any]:
    """Return null and values of other types; the negative number is also out of range."""
    match value:
        case bool() | int():
            return [None, -7, "7"]
        case str():
            return [None, -7, []]
        case _:
            return [None, -7, "x"]


def report() -> str:
    lines = ["# every field", outcome(*OPTIONAL)]
    full = json.loads(changed(*OPTIONAL))
    for place in places(full):
        lines += [f"# {place} removed", outcome(*OPTIONAL, (place, REMOVED))]
        for value in mistyped(at(full, place)):
            lines += [f"# {place} = {json.dumps(value)}", outcome(*OPTIONAL, (place, value))]
    for place, value in CASES:
        lines += [f"# {place} = {json.dumps(value)[:100]}", outcome((place, value))]
    lines += ["# three at once", outcome(("territory", ["DE", "UK"]), ("version", 0), ("users", []))]
    return "\n".join(lines) + "\n"


def test_every_invalid_field_is_reported_in_words_with_its_position() -> None:
    assert report() == REVIEWED.read_text(encoding="utf-8")


def test_messages_contain_no_library_jargon() -> None:
    text = REVIEWED.read_text(encoding="utf-8").lower()
    assert not [word for word in ("input", "pydantic", "dictionary", "none", "valid string") if word in text]


if __name__ == "__main__":
    REVIEWED.write_text(report(), encoding="utf-8")
