from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import pytest
import typer
from typer.testing import CliRunner

from joinfence import cli
from joinfence.cli import orders
from joinfence.cli.lazy import Deferred, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_JOINFENCE = cli._Commands.deferred
OF_ORDERS = orders._Commands.deferred
MODULE = "deferred_commands"


@pytest.mark.parametrize(
    "each",
    [*OF_JOINFENCE.values(), *OF_ORDERS.values()],
    ids=[*OF_JOINFENCE, *(f"orders {n}" for n in OF_ORDERS)],
)
def test_the_help_line_is_the_first_of_the_command_s_own_help(each: Deferred) -> None:
    module, _, name = each.target.partition(":")
    found = getattr(import_module(module), name)
    text = found.info.help if isinstance(found, typer.Typer) else inspect.getdoc(found)
    assert each.help == (text or "").splitlines()[0]


class _Group(LazyGroup):
    deferred: ClassVar[dict[str, Deferred]] = {
        "greet": Deferred(f"{MODULE}:greet", "Greet somebody."),
        "group": Deferred(f"{MODULE}:group", "More commands."),
    }


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[typer.Typer]:
    """A command line with completion, whose commands are in a module that is not imported yet."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / f"{MODULE}.py").write_text(
        "import typer\n"
        "def greet(name: str, loudly: bool = False):\n"
        "    typer.echo(f'Hello {name}' + '!' * loudly)\n"
        "group = typer.Typer()\n"
        "@group.command('inner')\n"
        "def inner(): typer.echo('inside')\n"
        "@group.command('other')\n"
        "def other(): ...\n"
    )
    monkeypatch.syspath_prepend(folder)
    app = typer.Typer(cls=_Group, name="tool")
    app.callback()(lambda: None)
    yield app
    sys.modules.pop(MODULE, None)


def test_a_command_is_imported_when_it_runs(app: typer.Typer) -> None:
    listed = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"})
    assert "Greet somebody." in listed.stdout
    assert "More commands." in listed.stdout
    assert MODULE not in sys.modules
    assert CliRunner().invoke(app, ["greet", "you", "--loudly"]).stdout == "Hello you!\n"
    assert CliRunner().invoke(app, ["group", "inner"]).stdout == "inside\n"


def test_the_help_of_a_command_is_its_own(app: typer.Typer) -> None:
    shown = CliRunner().invoke(app, ["greet", "--help"], env={"COLUMNS": "80"}, prog_name="tool").stdout
    assert "Usage: tool greet" in shown
    assert "--loudly" in shown
    assert "install-completion" not in shown


def test_a_mistyped_command_is_reported_with_the_closest_name(app: typer.Typer) -> None:
    done = CliRunner().invoke(app, ["gret"])
    assert done.exit_code == 2
    assert "No such command 'gret'. Did you mean 'greet'?" in done.stderr


@pytest.mark.parametrize(
    ("typed", "offered", "is_imported"),
    [
        ("tool gr", ["greet", "group"], False),
        ("tool greet --lou", ["--loudly"], True),
        ("tool group ", ["inner", "other"], True),
    ],
)
def test_completing_names_imports_nothing_but_completing_options_does(
    app: typer.Typer, typed: str, offered: list[str], is_imported: bool
) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_TOOL_COMPLETE": "complete_bash"}
    done = CliRunner().invoke(app, [], env=words, prog_name="tool")
    assert done.stdout.split() == offered
    assert (MODULE in sys.modules) == is_imported
