"""Rules between fields; the messages of most stand in order_problems.txt."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.authorities import read_authorities
from joinfence.config.document import parse_document
from joinfence.config.order_file import LONGEST_PERIOD, OrderFile
from joinfence.config.order_rules import breaches
from joinfence.config.validate import validate
from tests.config_files import SHIPPED
from tests.order_texts import changed

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")


def broken(folder: Path, *changes: tuple[str, Any]) -> list[tuple[str | int, ...]]:
    document = parse_document(folder / "o.yaml", changed(*changes))
    order = validate(OrderFile, document)
    return [loc for loc, _ in breaches(order, document, REGISTER, {"demo": (), "zoom": ()}, NOW)]


@pytest.mark.parametrize(("instrument", "longest"), sorted(LONGEST_PERIOD.items()))
def test_the_longest_period_of_an_instrument_is_allowed_and_a_second_more_is_not(
    tmp_path: Path, instrument: str, longest: timedelta
) -> None:
    begins = datetime(2026, 11, 10, tzinfo=UTC)
    for extra, expected in ((timedelta(), []), (timedelta(seconds=1), [("expires_at",)])):
        changes = (
            ("authority.instrument", instrument),
            ("effective_from", begins.isoformat()),
            ("expires_at", (begins + longest + extra).isoformat()),
        )
        assert broken(tmp_path, *changes) == expected


@pytest.mark.parametrize(("supersedes", "expected"), [(1, []), (2, [("supersedes",)])])
def test_a_version_supersedes_the_one_before(tmp_path: Path, supersedes: int, expected: list[object]) -> None:
    assert broken(tmp_path, ("version", 2), ("supersedes", supersedes)) == expected


@pytest.mark.parametrize(
    ("content", "expected"), [(b"the order", []), (b"tampered", [("document", "sha256")])]
)
def test_a_local_copy_of_the_document_must_have_its_hash(
    tmp_path: Path, content: bytes, expected: list[object]
) -> None:
    (tmp_path / "order.pdf").write_bytes(content)
    digest = hashlib.sha256(b"the order").hexdigest()
    assert broken(tmp_path, ("document.file", "order.pdf"), ("document.sha256", digest)) == expected


def test_a_word_that_only_contains_an_id_does_not_name_the_meeting(tmp_path: Path) -> None:
    assert broken(tmp_path, ("meetings[0].id", "rechte")) == []
    assert broken(tmp_path, ("meetings[0].id", "OBJECTION")) == [("redress", "affected", "how")]
