"""Where things stand: a test file for every source file, and nothing unexpected beside the entry script."""

from __future__ import annotations

import ast
from collections import defaultdict
from importlib.metadata import files
from pathlib import Path

import pytest

import joinfence

TESTS = Path(__file__).parent
PACKAGE = Path(joinfence.__file__).parent
CHECKOUT = TESTS.parent / "addons"

SOURCES = sorted(
    path.relative_to(PACKAGE)
    for path in PACKAGE.rglob("*.py")
    if path.name not in {"__init__.py", "__main__.py"}
)


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_every_source_file_has_a_test_file_of_its_name(source: Path) -> None:
    test = TESTS / source.parent / f"test_{source.name}"
    assert test.is_file(), f"{test.relative_to(TESTS.parent)} is missing"


def test_nothing_but_the_entry_script_and_the_package_is_put_on_the_import_path() -> None:
    # mitmproxy puts the script's folder first on sys.path, so a file there can shadow the standard library.
    if PACKAGE.parent == CHECKOUT:
        found = {path.name for path in CHECKOUT.iterdir()} - {"README.md"}  # no module, and not in the wheel
    else:
        found = {file.parts[0] for file in files("joinfence") or [] if ".dist-info" not in file.parts[0]}
        found -= {".."}  # the command, in the environment's own bin/
    assert found - {"__pycache__"} == {"geofence.py", "joinfence"}


# The public name and the engine's are one thing: the first is the second, read from a configuration.
_SHARED_ON_PURPOSE = {"ClientAddressPolicy"}


def test_no_two_classes_or_types_share_a_name() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for source in SOURCES:
        for node in ast.parse((PACKAGE / source).read_text(encoding="utf-8")).body:
            name = node.name.id if isinstance(node, ast.TypeAlias) else getattr(node, "name", "")
            if isinstance(node, ast.ClassDef | ast.TypeAlias) and not name.startswith("_"):
                found[name].append(str(source))
    shared = {name: places for name, places in found.items() if len(places) > 1}
    assert {name: shared[name] for name in shared.keys() - _SHARED_ON_PURPOSE} == {}


@pytest.mark.parametrize(
    "room",
    sorted(
        path.relative_to(PACKAGE)
        for path in PACKAGE.glob("*/**/__init__.py")
        if path.parent != PACKAGE / "cli"
    ),
    ids=lambda path: str(path.parent),
)
def test_a_room_says_its_sentence_and_imports_nothing(room: Path) -> None:
    # What a room imported for its own modules would be a circle that import-linter does not see.
    (sentence,) = ast.parse((PACKAGE / room).read_text(encoding="utf-8")).body
    assert isinstance(sentence, ast.Expr)
    assert isinstance(sentence.value, ast.Constant)


def test_the_entry_script_only_names_the_addon() -> None:
    script = ast.parse((PACKAGE.parent / "geofence.py").read_text(encoding="utf-8"))
    imported = [each.module for each in ast.walk(script) if isinstance(each, ast.ImportFrom)]
    assert imported == ["joinfence.proxy.addon"]
    assert not [each for each in ast.walk(script) if isinstance(each, ast.Import)]
