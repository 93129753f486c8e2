"""The command line: one file per command, all over the same `decide` that the proxy calls."""

from __future__ import annotations

import io
import sys

import typer

from joinfence.cli.addon_path import addon_path
from joinfence.cli.check import check
from joinfence.cli.explain import explain
from joinfence.cli.log import log
from joinfence.cli.orders import app as orders
from joinfence.cli.plan import plan
from joinfence.cli.probe import probe
from joinfence.cli.replay import replay
from joinfence.cli.report import report
from joinfence.cli.services import services
from joinfence.cli.site import site
from joinfence.cli.status import status

app = typer.Typer(
    name="joinfence",
    help="Refuses, openly and with HTTP 451, a join that a documented legal order in force covers.\n\n"
    "Exit status: 0 admitted or fine, 1 refused, 2 could not run or invalid.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (check, explain, replay, plan, probe, status, report, addon_path):
    app.command()(command)
app.add_typer(orders)
app.add_typer(services)
app.add_typer(log)
app.add_typer(site, name="site")


def main() -> None:
    """Run the command line and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every terminal has every letter
    app(prog_name="joinfence")
