"""`joinfence site`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from joinfence.cli.configuration import load
from joinfence.cli.shared import DEFAULT_CONFIG, AtOption, ConfigOption, console, fail, instant, printable
from joinfence.config.files import beside
from joinfence.config.yaml.problems import ConfigError
from joinfence.site.build import build as build_site

site = typer.Typer(help="Build the public pages about the orders.", no_args_is_help=True)


@site.command()
def build(
    out: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the site; by default site.folder in the configuration.", metavar="DIR"
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
) -> None:
    """Build the public pages as a static site, for any web server.

    The folder must be new, be empty, or contain the last build, because whatever was published is kept. A
    document whose URL is part of the site is copied from the file next to its order; if there is none, a
    warning says so.
    """
    moment = instant(at).replace(microsecond=0)
    loaded = load(config, moment)
    folder = out or (beside(config, loaded.settings.site.folder) if loaded.settings.site.folder else None)
    if folder is None:
        fail("no folder to build the site in; give --out DIR, or set site.folder in the configuration")
    try:
        with console().status("building the public pages"):
            built = build_site(config, loaded, folder, moment)
    except ConfigError as error:
        fail(*error.problems, "nothing was changed")
    except (OSError, ValueError) as error:
        fail(error, "nothing was changed")
    for warning in built.warnings:
        console().print(Text.assemble(("warning:", "bold yellow"), " ", printable(warning)))
    orders = len(built.site.current())
    summary = f"{orders} orders, {len(built.site.languages)} languages, {built.files} files"
    console().print(Text.assemble(printable(str(folder)), " is ", ("built", "green"), f": {summary}"))
