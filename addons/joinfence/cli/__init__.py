"""The command line: one file per command, all over the same `decide` that the proxy calls."""

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
            "Read the whole configuration and say everything that is wrong with it, "
            "with file, line and column.",
        ),
        "explain": Deferred(
            "joinfence.cli.explain:explain", "Say what the fence does with a request, and why."
        ),
        "replay": Deferred(
            "joinfence.cli.replay:replay",
            "Count what the fence would do with recorded traffic, by order and verdict.",
        ),
        "plan": Deferred(
            "joinfence.cli.plan:plan",
            "Say what putting an order in force would change: where, for which meetings, from when to when.",
        ),
        "probe": Deferred(
            "joinfence.cli.probe:probe",
            "Find out whether clients can choose the address they are taken for.",
        ),
        "status": Deferred(
            "joinfence.cli.status:status",
            "Say in one screen what the running fence is doing, and what needs a person.",
        ),
        "report": Deferred(
            "joinfence.cli.report:report", "Make the transparency report of whole half-years that are over."
        ),
        "addon-path": Deferred(
            "joinfence.cli.addon_path:addon_path", "Print the path to give to `mitmdump -s`."
        ),
        "orders": Deferred("joinfence.cli.orders:orders", "List, show, write, approve and suspend orders."),
        "services": Deferred(
            "joinfence.cli.services:services",
            "The meeting services whose joins the fence knows, their rules, "
            "and what these make of a request.",
        ),
        "log": Deferred(
            "joinfence.cli.log:log", "Check the event log, and show its head for others to keep."
        ),
        "site": Deferred("joinfence.cli.site:site", "The pages that the public can check."),
    }


app = typer.Typer(
    name="joinfence",
    cls=_Commands,
    help="Refuses, openly and with HTTP 451, a join that a documented legal order in force covers.\n\n"
    "Exit status: 0 admitted or fine, 1 refused, 2 could not run or invalid.",
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
            stream.reconfigure(errors="backslashreplace")  # not every terminal has every letter
    _spare_the_collector()
    app(prog_name="joinfence")


def _spare_the_collector() -> None:
    """Keep the garbage collector from scanning imported modules, which live until the process exits.

    It would scan them several times during imports and once more at exit: a sixth of a short command's time.
    """
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
