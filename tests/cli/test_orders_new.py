"""A new order from an interview and from a file. `check` accepts what is written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.yaml.document import read_document
from tests.cli.commands import run
from tests.config_files import copy_configs, edit
from tests.order_texts import EXAMPLE, REMOVED, changed

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

LEAST = tuple((key, REMOVED) for key in ("schema", "id", "version", "expires_at", "review_by"))
SHA = "5f2b51b1d1a9f0b1c0f2f7a6c5e4d3b2a1908f7e6d5c4b3a29181706f5e4d3c2"
REASONS = {
    "de": "Die Besprechung verbreitet ein Konzert ohne jede Erlaubnis weiter.",
    "en": "The meeting rebroadcasts a concert without any permission at all.",
}
TYPED = f"""de-lg-beispielstadt

copyright
judgment
3 O 9/26
2026-11-01
https://meet.example/d.pdf
{SHA}
de
no
§ 97 UrhG https://law.example/97

{REASONS["de"]}
{REASONS["en"]}
rights_of_others
Nothing else ends it.
A notice.

UK
DE
zoom *
zoom 111 222

2026-11-02T09:00:00+01:00
2026-11-03T00:00:00+01:00
2027-11-03T00:00:00+01:00

Object to the court.
https://lg-beispielstadt.example/

legal@meet.example

sent
2026-11-02T10:00:00+01:00



"""


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path)


def new(main: Path, *arguments: str, given: str | None = None) -> Result:
    return run(main, "orders", "new", *arguments, at=None, given=given)


def from_file(main: Path, *changes: tuple[str, Any], arguments: tuple[str, ...] = ()) -> Result:
    path = main.parent / "answers.txt"
    path.write_text(changed(*LEAST, *changes), encoding="utf-8")
    return new(main, "--answers", str(path), *arguments)


def orders(main: Path) -> list[str]:
    return sorted(path.name for path in (main.parent / "orders").iterdir())


def test_an_order_is_written_from_an_interview(main: Path) -> None:
    done = new(main, given=TYPED)
    assert done.exit_code == 0, done.output
    assert "expected an ISO 3166-1 alpha-2 or ISO 3166-2 code; UK: write GB" in done.stdout
    assert "without pattern characters" in done.stdout
    assert "expires_at: the longest period of judgment is 180 days" in done.stdout
    path = main.parent / "orders" / "DE-2026-0002.yaml"
    data: Any = read_document(path).data
    assert data["expires_at"] == "2027-05-02T00:00:00+01:00"
    assert (data["territory"], data["reasons"], data["document"]["redacted"]) == (["DE"], REASONS, False)
    assert path.read_text(encoding="utf-8").startswith(
        "# yaml-language-server: $schema=../schemas/order.json\n"
    )
    assert run(main, "orders", "show", "DE-2026-0002").exit_code == 0


def test_an_order_is_written_from_a_file_with_defaults_filled_in(main: Path) -> None:
    done = from_file(main)
    path = main.parent / "orders" / "DE-2026-0002.yaml"
    assert done.exit_code == 0, done.output
    assert done.stdout == f"wrote {path}; `joinfence plan DE-2026-0002` shows what it would change\n"
    written: Any = read_document(path).data
    expected = {**EXAMPLE, "id": "DE-2026-0002", "mode": "enforce"}
    assert {**written, "review_by": 0} == {
        **expected,
        "expires_at": "2027-02-10T00:00:00+01:00",
        "review_by": 0,
    }
    assert from_file(main, ("meetings[0].id", "another")).exit_code == 0
    assert "DE-2026-0003.yaml" in orders(main), "the next number"


def test_a_group_is_replaced_by_its_members(main: Path) -> None:
    outside = from_file(main, ("territory", ["EU"]))
    assert outside.exit_code == 2
    assert "AT is outside the competence of de-lg-beispielstadt" in outside.stderr
    edit(main.parent / "authorities.yaml", "competence: [DE]", f"competence: [{', '.join(EU)}]")
    assert from_file(main, ("territory", ["EU"])).exit_code == 0
    text = (main.parent / "orders" / "DE-2026-0002.yaml").read_text(encoding="utf-8")
    assert "# EU, written out: 27 states.\n" in text


EU = "DE AT BE BG HR CY CZ DK EE FI FR GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("users", ["x"]), "users: an order names meetings, never people: remove `users`"),
        (
            ("keywords", ["x"]),
            "keywords: an order names meetings, never what is said in them: remove `keywords`",
        ),
        (("territory", ["UK"]), "UK: write GB"),
        (("meetings[0].id", "*"), "without pattern characters"),
        (("expires_at", "2030-01-01T00:00:00Z"), "the longest period of interim_injunction is 92 days"),
        (("id", "DE-2026-0001"), "id: DE-2026-0001 is taken; ids are never reused"),
        (("purpose", REMOVED), "purpose: is missing; expected copyright"),
    ],
)
def test_what_an_order_must_not_contain_is_refused_with_the_reason(
    main: Path, change: Any, message: str
) -> None:
    before = orders(main)
    done = from_file(main, change)
    assert (done.exit_code, done.stdout, orders(main)) == (2, "", before)
    assert message in done.stderr
    assert done.stderr.startswith(f"{main.parent / 'answers.txt'}:")
    assert "nothing was written" in done.stderr


def test_a_file_without_answers_is_refused(main: Path, tmp_path: Path) -> None:
    assert "cannot be read" in new(main, "--answers", str(tmp_path / "none")).stderr
    (tmp_path / "list").write_text("[a]\n")
    done = new(main, "--answers", str(tmp_path / "list"))
    assert (done.exit_code, done.stderr) == (
        2,
        f"{tmp_path / 'list'}:1:1: expected keys of an order, such as `purpose: copyright`\n",
    )


def test_a_problem_is_reported_before_anything_is_written(main: Path) -> None:
    many = "\n".join(f"zoom {number}" for number in range(1, 53))
    done = new(main, given=TYPED.replace("zoom 111 222", many))
    assert done.exit_code == 2
    assert "expected a list of 1 to 50 {service, id}" in done.stderr


def test_the_output_path_is_used_and_never_overwritten(main: Path, tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.yaml"
    assert from_file(main, arguments=("--output", str(target))).exit_code == 0
    assert target.read_text(encoding="utf-8").startswith(
        "# yaml-language-server: $schema=../configs/schemas/order.json\n"
    )
    again = from_file(main, arguments=("--output", str(target)))
    assert (again.exit_code, again.stderr) == (2, f"{target} already exists; nothing was written\n")
    nowhere = from_file(main, arguments=("--output", os.devnull + "/x"))
    assert (nowhere.exit_code, nowhere.stderr.startswith("/dev/null/x cannot be written: ")) == (2, True)


def test_the_folder_for_orders_is_created(main: Path) -> None:
    edit(main, "orders: [orders/*.yaml]", "orders: []")
    assert from_file(main, ("id", "DE-2026-0077")).exit_code == 0
    assert "DE-2026-0077.yaml" in orders(main)
