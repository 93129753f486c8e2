"""`corrections.yaml`: networks whose location the operator knows better than the location sources do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.fields import Day, NetworkField, Territory, Text
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import Model, validate
from joinfence.engine.client.networks import Network, fold_network

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_LARGEST_FILE = 16 << 20


class CorrectionEntry(Model):
    """One network and its true location."""

    network: NetworkField = Field(description="a network such as 203.0.113.0/24")
    territory: Territory = Field(description="an ISO 3166 code")
    on: Day = Field(description="the date since which this is known, such as 2026-11-01")
    reason: Text = Field(description="how this is known, in a sentence")


class CorrectionsFile(Model):
    """The corrections table."""

    schema_: Literal["corrections/1"] = Field(alias="schema", description="corrections/1")
    corrections: list[CorrectionEntry] = Field(description="a list of corrections")


def read_corrections(path: Path) -> dict[Network, tuple[str, date]]:
    """Return network -> ISO 3166 code and date. Raises ConfigError.

    IPv4-mapped IPv6 networks are folded to IPv4.
    """
    document = read_document(path, largest=_LARGEST_FILE)
    table: dict[Network, tuple[str, date]] = {}
    problems = []
    for index, entry in enumerate(validate(CorrectionsFile, document).corrections):
        network = fold_network(entry.network)
        if network in table:
            problems.append(
                document.problem(("corrections", index, "network"), f"{network} is listed twice; keep one")
            )
        table[network] = (entry.territory, entry.on)
    if problems:
        raise ConfigError(problems)
    return table
