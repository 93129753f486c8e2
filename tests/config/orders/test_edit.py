from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from joinfence.config.orders.edit import replace_file, suspended_since, with_suspension
from joinfence.config.yaml.document import parse_document, read_document
from tests.config_files import SHIPPED
from tests.order_texts import EXAMPLE, changed

SINCE = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = (SHIPPED / "orders" / "DE-2026-0001.yaml").read_text(encoding="utf-8")
REASON = 'An appeal: "pending" # really\n'


def edited(text: str, reason: str = REASON) -> str:
    return with_suspension(parse_document(Path("o.yaml"), text), SINCE, reason)


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.rstrip("\n"), TEXT + "# the end\n"], ids=["", "no line end", "comment"]
)
def test_a_block_is_added_and_no_other_byte_changes(text: str) -> None:
    after = edited(text)
    assert after.startswith(text)
    read = parse_document(Path("o.yaml"), after)
    assert read.data == {**EXAMPLE, "suspended": {"since": SINCE.isoformat(), "reason": REASON}}
    assert suspended_since(read) == SINCE


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace(
            "# An example", "suspended: {since: 2027-01-01T00:00:00Z, reason: Later.} # planned\n# An example"
        ),
        changed(("territory", ["DE"])),
    ],
    ids=["an order that has a suspension", "an order in braces"],
)
def test_a_text_that_cannot_be_extended_is_rewritten_with_its_comments(text: str) -> None:
    after = edited(text)
    assert parse_document(Path("o.yaml"), after).data == {
        **EXAMPLE,
        "suspended": {"since": SINCE.isoformat(), "reason": REASON},
    }
    assert ("# An example order" in after) is ("# An example order" in text)


@pytest.mark.parametrize(
    "block", ["", "suspended: now\n", "suspended: {reason: x}\n", "suspended: {since: soon}\n"]
)
def test_an_order_without_a_readable_suspension_has_none(block: str) -> None:
    assert suspended_since(parse_document(Path("o.yaml"), TEXT + block)) is None


def test_replacing_a_file_keeps_its_link_and_its_mode(tmp_path: Path) -> None:
    target, link = tmp_path / "target.yaml", tmp_path / "link.yaml"
    target.write_text("a: 1\n")
    target.chmod(0o640)
    link.symlink_to(target)
    replace_file(link, "a: ü\n")
    assert (link.is_symlink(), target.stat().st_mode & 0o777) == (True, 0o640)
    assert read_document(target).data == {"a": "ü"}
    assert {path.name for path in tmp_path.iterdir()} == {"target.yaml", "link.yaml"}


def test_a_failed_replacement_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "o.yaml"
    path.write_text("a: 1\n")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, "a: 2\n")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("o.yaml", "a: 1\n")]
