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

site = typer.Typer(help="The pages that the public can check.", no_args_is_help=True)


@site.command()
def build(
    out: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the site; the configuration's site.folder if not given.", metavar="DIR"
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
) -> None:
    """Write the public pages as a static site, for any web server.

    The folder must be new, empty, or hold the site as it was last built: what was published once stays.
    A document whose address lies in the site is written from the copy beside its order, or missed.
    """
    moment = instant(at).replace(microsecond=0)
    loaded = load(config, moment)
    folder = out or (beside(config, loaded.settings.site.folder) if loaded.settings.site.folder else None)
    if folder is None:
        fail("say where the site is to be built: --out DIR, or site.folder in the configuration")
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
