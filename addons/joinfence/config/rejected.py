"""`rejected.yaml`: demands that were not carried out, for the public pages. Nothing decides by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from joinfence.config.document import read_document
from joinfence.config.fields import Day, Language, Territory, Text
from joinfence.config.problems import ConfigError
from joinfence.config.validate import Model, validate

if TYPE_CHECKING:
    from pathlib import Path

type Ground = Literal[
    "no_authority",
    "not_authentic",
    "outside_competence",
    "no_legal_basis",
    "no_reasons",
    "no_end",
    "no_redress",
    "names_people",
    "too_broad",
]


class RejectedEntry(Model):
    """One demand that was rejected."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{2,30}$")] = Field(
        description="capital letters, digits and hyphens, such as R-2026-0001"
    )
    received_on: Day = Field(description="a date such as 2026-11-01")
    decided_on: Day = Field(description="a date such as 2026-11-03")
    sender: dict[Language, Text] = Field(
        min_length=1, description="language -> who demanded it, such as {en: Ministry of Examples}"
    )
    country: Territory = Field(description="the ISO 3166 code of the country the demand came from")
    grounds: Annotated[list[Ground], Field(min_length=1)] = Field(
        description="a list of no_authority, not_authentic, outside_competence, no_legal_basis, no_reasons, "
        "no_end, no_redress, names_people or too_broad"
    )


class RejectedFile(Model):
    """The demands that were rejected."""

    schema_: Literal["rejected/1"] = Field(alias="schema", description="rejected/1")
    rejected: list[RejectedEntry] = Field(description="a list of rejected demands")


def read_rejected(path: Path) -> tuple[RejectedEntry, ...]:
    """Return the rejected demands, in file order. Raises ConfigError."""
    document = read_document(path)
    entries = validate(RejectedFile, document).rejected
    problems = []
    ids: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.id in ids:
            problems.append(
                document.problem(
                    ("rejected", index, "id"), f'"{entry.id}" stands twice; give each its own id'
                )
            )
        if entry.decided_on < entry.received_on:
            message = "is before received_on; check both dates"
            problems.append(document.problem(("rejected", index, "decided_on"), message))
        ids.add(entry.id)
    if problems:
        raise ConfigError(problems)
    return tuple(entries)
