"""Commands that are imported only when they run, so that no command waits for the imports of another."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class Deferred(NamedTuple):
    """A command, or group of commands, that has not been imported yet."""

    target: str
    """Its location as `module:name`, which is a function, or a Typer app for a group."""
    help: str
    """The first line of its help, which is shown in lists of commands."""


class LazyGroup(TyperGroup):
    """A group that lists its `deferred` commands without importing them.

    Subclasses set `deferred`, command name -> command.
    """

    deferred: ClassVar[dict[str, Deferred]] = {}

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        """Add a placeholder that has only a help line for each deferred command."""
        super().__init__(**attributes)
        for name, each in self.deferred.items():
            self.add_command(TyperCommand(name, help=each.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer hides click's types
        """Import the command that the arguments name, then resolve it like any other."""
        name = args[0]
        if each := self.deferred.get(name):
            self.add_command(_imported(name, each.target))
        return super().resolve_command(ctx, args)


def _imported(name: str, target: str) -> Any:  # noqa: ANN401 - typer hides click's types
    """Import a command, or group of commands, and return it as click's type."""
    module, _, attribute = target.partition(":")
    found = getattr(import_module(module), attribute)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return get_group(holder).commands[name]
