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
        str | None,
        typer.Option(help="When the suspension begins, with time zone; by default now.", metavar="TIME"),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Stop an order: write into its file that it is suspended, since when and why.

    One person is enough, and problems in other files do not prevent it. To resume the order, remove
    `suspended` from its file; if approvals are required, the file must then be approved again.
    """
    begins = instant(since).replace(microsecond=0)
    if not 0 < len(reason.strip()) <= _LONGEST_REASON:
        fail(f"--reason: expected 1 to {_LONGEST_REASON} characters")
    for document in find(config, main_file(config), order_id):
        typer.echo(
            f"{printable(str(document.path))}: {order_id} {_suspend(document, begins, reason.strip())}"
        )
    # Loading reports any problems now: a running fence takes the edit only if the file has none.
    loaded = load(config, datetime.now(UTC))
    if loaded.settings.approvals.required and begins > datetime.now(UTC):
        typer.echo("the edit ended its approvals: it is not in force from now on, until it is approved again")


def _suspend(document: Document, since: datetime, reason: str) -> str:
    earlier = suspended_since(document)
    if earlier and earlier <= since:  # a later beginning would lift the suspension until then
        return f"has been suspended since {earlier.isoformat()} already"
    try:
        replace_file(document.path, with_suspension(document, since, reason))
    except OSError as error:
        fail(f"{document.path} cannot be written: {error.strerror}")
    return f"is suspended since {since.isoformat()}"
