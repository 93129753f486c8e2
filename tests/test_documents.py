"""What the documents for contributors say about the code is so.

`python tests/test_documents.py` writes the present rooms into the table of addons/README.md.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pkgutil
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import joinfence

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = Path(joinfence.__file__).parent
if PACKAGE.parent != ROOT / "addons":
    pytest.skip("what is tested is a wheel, which has no documents in it", allow_module_level=True)

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TEXTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "addons/README.md")
}
CODE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)

CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
LAYERS = [layer.split(" | ") for each in CONTRACTS if each["type"] == "layers" for layer in each["layers"]]
ROOMS = [room for layer in LAYERS for room in layer]


def first_sentence(room: str) -> str:
    text = " ".join((importlib.import_module(f"joinfence.{room}").__doc__ or "").split())
    return re.split(r"(?<=\.) ", text)[0]


def may_import(depth: int) -> str:
    """Return what the rooms of a layer may import, in the words of the table."""
    if depth + 1 == len(LAYERS):
        return "nothing"
    rooms = ", ".join(f"`{room}`" for room in LAYERS[depth + 1])
    return rooms if depth + 2 == len(LAYERS) else f"{rooms} and below"


def section(title: str) -> str:
    return TEXTS["addons/README.md"].partition(f"## {title}\n")[2].partition("\n## ")[0]


def names_in(room: str) -> set[str]:
    """Return the functions, classes and methods (`Class.method`) that a room's modules define."""
    package = importlib.import_module(f"joinfence.{room}")
    found = set()
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for name, each in vars(importlib.import_module(module.name)).items():
            if getattr(each, "__module__", None) == module.name:
                found |= {name, *(f"{name}.{method}" for method in dir(each))}
    return found


# -- addons/README.md -----------------------------------------------------------------------------


ROWS = re.compile(r"^\| `\w+` \| .* \|\n(?:\| `\w+` \| .* \|\n)*", re.MULTILINE)


def rows() -> str:
    """Return the rows that the table of rooms should have."""
    return "".join(
        f"| `{room}` | {first_sentence(room)} | {may_import(depth)} |\n"
        for depth, layer in enumerate(LAYERS)
        for room in layer
    )


def test_the_table_has_each_room_with_its_sentence_in_the_order_of_the_layers() -> None:
    assert ROWS.findall(section("Rooms")) == [rows()]


def test_the_rooms_are_the_folders() -> None:
    assert sorted(ROOMS) == sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def arrows() -> Iterator[tuple[str, str, str]]:
    """Yield each arrow of the drawing: where it starts, what it carries, where it ends."""
    drawing = next(
        text for kind, text in CODE.findall(section("The way of one request")) if kind == "mermaid"
    )
    for line in drawing.splitlines()[1:]:
        arrow = re.fullmatch(r' +(\w+)(?:\(\["[a-z ]+"\]\))? (?:-->|-- (.+) -->|-\. (.+) \.->) (\w+)', line)
        assert arrow, line
        yield arrow[1], arrow[2] or arrow[3] or "", arrow[4]


def test_what_the_drawing_connects_are_rooms_and_what_it_carries_are_classes_of_theirs() -> None:
    for start, carried, end in arrows():
        assert end in ROOMS, end
        assert start in {*ROOMS, "bytes", "files"}, start
        classes = set(re.findall(r"\b[A-Z]\w+", carried))
        assert classes <= names_in("engine") | names_in("gate") | names_in("refusal"), carried


STEPS = re.findall(r"^\d+\. `(\w+)`: (.*(?:\n   .*)*)", section("The way of one request"), re.MULTILINE)


def test_the_steps_of_a_request_begin_and_end_at_the_proxy() -> None:
    assert [room for room, _text in STEPS] == [
        *("proxy", "gate", "engine", "engine", "engine", "engine", "location", "engine", "gate", "proxy")
    ]


@pytest.mark.parametrize(("room", "text"), STEPS, ids=[f"{n} {step[0]}" for n, step in enumerate(STEPS, 1)])
def test_a_step_names_what_its_rooms_define(room: str, text: str) -> None:
    named = set(re.findall(r"`([\w.]+)`", text))
    known = set().union(*(names_in(each) for each in {room, *named} & set(ROOMS)))
    assert named - set(ROOMS) <= known


EXAMPLES = [text for kind, text in CODE.findall(section("From Python")) if kind == "python"]


@pytest.mark.parametrize("example", EXAMPLES, ids=["client address", "decision"])
def test_an_example_prints_what_stands_beside_it(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example, {})  # noqa: S102 - our own
    assert printed.getvalue().splitlines() == re.findall(r"^ *print\(.*\)  # (.*)$", example, re.MULTILINE)


def test_every_public_name_is_used_or_explained() -> None:
    lines = re.findall(r"from joinfence import (.*)", section("From Python"))
    imported = {name for line in lines for name in line.split(", ")}
    explained = set(re.findall(r"`(\w+)`", section("From Python")))
    assert set(joinfence.__all__) <= imported | explained


# -- all documents --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_a_document_links_to_what_exists(name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXTS[name])
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "addons/README.md"])
def test_a_path_that_a_document_names_exists(name: str) -> None:
    found = re.findall(r"(?<![\w./-])((?:addons|configs|scripts|tests|\.ci)/[\w./*-]*[\w*/])", TEXTS[name])
    assert [path for path in found if not list(ROOT.glob(path))] == []


def test_a_script_that_is_named_can_be_run() -> None:
    named = set(re.findall(r"scripts/[a-z0-9-]+(?![\w.])", TEXTS["CONTRIBUTING.md"]))
    assert {"scripts/setup", "scripts/test", "scripts/lock", "scripts/translations"} <= named
    assert [name for name in sorted(named) if not os.access(ROOT / name, os.X_OK)] == []


def test_the_newest_release_in_the_changelog_is_the_version() -> None:
    releases = re.findall(r"^## \[([\d.]+)\] - \d{4}-\d\d-\d\d$", TEXTS["CHANGELOG.md"], re.MULTILINE)
    assert releases[0] == PROJECT["project"]["version"] == version("joinfence")


# -- what is built --------------------------------------------------------------------------------


def test_the_sdist_has_the_documents_and_the_wheel_has_none() -> None:
    sdist = {file.distribution_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    wheel = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert TEXTS.keys() - {"README.md"} <= sdist  # hatchling adds README and LICENSE by itself
    assert {Path(path).parts[0] for path in wheel} == {"geofence.py", "joinfence"}


def rewrite() -> None:
    """Write the present rooms into the table of addons/README.md."""
    text, count = ROWS.subn(lambda _old: rows(), TEXTS["addons/README.md"])
    assert count == 1
    (ROOT / "addons" / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
