"""`joinfence orders suspend`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from joinfence.cli.configuration import find, load, main_file
from joinfence.cli.shared import DEFAULT_CONFIG, ConfigOption, OrderArgument, fail, instant, printable
from joinfence.config.orders.edit import replace_file, suspended_since, with_suspension

if TYPE_CHECKING:
    from joinfence.config.yaml.document import Document

_LONGEST_REASON = 500


def suspend(
    order_id: OrderArgument,
    reason: Annotated[str, typer.Option(help="Why, in a sentence.", metavar="TEXT", prompt="Why")],
    since: Annotated[
        str | None, typer.Option(help="From when on, with time zone; now if not given.", metavar="TIME")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Stop an order: write into its file that it is suspended, since when and why.

    One person is enough, and no other file has to be in order for it. To go on, remove `suspended` from the
    file; where approvals are required, the file is then approved anew.
    """
    begins = instant(since).replace(microsecond=0)
    if not 0 < len(reason.strip()) <= _LONGEST_REASON:
        fail(f"--reason: expected 1 to {_LONGEST_REASON} characters")
    for document in find(config, main_file(config), order_id):
        typer.echo(
            f"{printable(str(document.path))}: {order_id} {_suspend(document, begins, reason.strip())}"
        )
    # A running fence takes the file over only as it would be read here.
    loaded = load(config, datetime.now(UTC))
    if loaded.settings.approvals.required and begins > datetime.now(UTC):
        typer.echo("its approvals were of the file before: it is out of force now, until it is approved anew")


def _suspend(document: Document, since: datetime, reason: str) -> str:
    earlier = suspended_since(document)
    if earlier and earlier <= since:  # a later one in its place would lift it until then
        return f"was suspended already, since {earlier.isoformat()}"
    try:
        replace_file(document.path, with_suspension(document, since, reason))
    except OSError as error:
        fail(f"{document.path} cannot be written: {error.strerror}")
    return f"is suspended since {since.isoformat()}"
