"""The command line, one file per command. Decisions come from the same `decide` that the proxy calls."""

from __future__ import annotations

import atexit
import gc
import io
import sys
from typing import Annotated, ClassVar

import typer

from joinfence.cli.lazy import Deferred, LazyGroup


class _Commands(LazyGroup):
    deferred: ClassVar[dict[str, Deferred]] = {
        "check": Deferred(
            "joinfence.cli.check:check",
            "Read the whole configuration and report every problem with file, line and column.",
        ),
        "explain": Deferred(
            "joinfence.cli.explain:explain", "Show what the fence does with a request, and why."
        ),
        "replay": Deferred(
            "joinfence.cli.replay:replay",
            "Count what the fence would do with recorded traffic, by order and verdict.",
        ),
        "plan": Deferred(
            "joinfence.cli.plan:plan",
            "Show what putting an order in force would change: where, for which meetings, and how long.",
        ),
        "probe": Deferred(
            "joinfence.cli.probe:probe",
            "Find out whether clients can choose the address they are taken for.",
        ),
        "status": Deferred(
            "joinfence.cli.status:status",
            "Show on one screen what the running fence is doing and what needs attention.",
        ),
        "report": Deferred(
            "joinfence.cli.report:report", "Create the transparency report for half-years that are over."
        ),
        "addon-path": Deferred(
            "joinfence.cli.addon_path:addon_path", "Print the path of the addon, for `mitmdump -s`."
        ),
        "orders": Deferred("joinfence.cli.orders:orders", "List, show, write, approve and suspend orders."),
        "services": Deferred(
            "joinfence.cli.services:services",
            "List the meeting services, show their rules, and try these on a request or message.",
        ),
        "log": Deferred(
            "joinfence.cli.log:log", "Verify the event log, and print its head for others to keep."
        ),
        "site": Deferred("joinfence.cli.site:site", "Build the public pages about the orders."),
    }


app = typer.Typer(
    name="joinfence",
    cls=_Commands,
    help="Refuse joins that a documented legal order in force covers, openly, with HTTP 451.\n\n"
    "Exit status: 0 for admitted or no problem, 1 for refused, 2 for invalid input or a failure to run.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and only --version needs it

        typer.echo(f"joinfence {version('joinfence')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None: ...


def main() -> None:
    """Run the command line and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every terminal can show every character
    _spare_the_collector()
    app(prog_name="joinfence")


def _spare_the_collector() -> None:
    """Keep the garbage collector from traversing modules, which live until the process ends anyway.

    It would traverse them repeatedly while they are imported and once more at exit, which takes a sixth of
    the running time of a short command.
    """
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
