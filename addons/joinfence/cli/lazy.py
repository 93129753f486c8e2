"""Commands that are imported only when they run, so that none pays for what another one needs."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class Deferred(NamedTuple):
    """A command or group of commands that is not imported yet."""

    target: str
    """Where it is, as `module:name`: a function, or a Typer app for a group."""
    help: str
    """The first line of its help, which lists of commands show."""


class LazyGroup(TyperGroup):
    """A group that imports its commands only when they run.

    Lists of commands and shell completion are made from `deferred`, command name -> where it is, which
    subclasses set. Until a command is named, a bare one with nothing but a help line stands in its place.
    """

    deferred: ClassVar[dict[str, Deferred]] = {}

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        """Add a bare command for each deferred one."""
        super().__init__(**attributes)
        for name, each in self.deferred.items():
            self.add_command(TyperCommand(name, help=each.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer hides click's types
        """Return what typer makes of the arguments, once the command that they name is imported."""
        name = args[0]
        if each := self.deferred.get(name):
            self.add_command(_imported(name, each.target))
        return super().resolve_command(ctx, args)


def _imported(name: str, target: str) -> Any:  # noqa: ANN401 - typer hides click's types
    """Return a command, or group of commands, as click has it."""
    module, _, attribute = target.partition(":")
    found = getattr(import_module(module), attribute)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return get_group(holder).commands[name]
