"""`demands.yaml`: the register of demands, from which the transparency report is made; no join depends on it.

It holds what order files cannot: demands that never became an order, how long each step took, who contested
what, complaints, and the operator's signed statements. No field has room for the name of a person.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, PlainValidator, model_validator

from joinfence.config.orders.schema import OrderId
from joinfence.config.yaml.fields import Day, Identifier, Instant, Territory, Text
from joinfence.config.yaml.validate import Model

Contestant = Literal["operator", "host", "affected"]
ContestOutcome = Literal["pending", "upheld", "narrowed", "lifted"]
OBJECTIONS: Final = (
    "not_authentic",
    "no_competence",
    "no_legal_basis",
    "no_reasons",
    "no_end",
    "no_redress",
    "disproportionate",
    "names_people",
    "names_subjects",
    "other_action",
    "other",
)


def _objection(value: object) -> str:
    if isinstance(value, str) and value in OBJECTIONS:
        return value
    message = f"{', '.join(OBJECTIONS[:-1])} or {OBJECTIONS[-1]}"
    raise ValueError(message)


Objection = Annotated[str, PlainValidator(_objection, json_schema_input_type=str)]


class SenderEntry(Model):
    """A sender that is not an authority of the register."""

    country: Territory = Field(description="an ISO 3166 code")
    kind: Literal["court", "administrative", "regulator", "police", "private"] = Field(
        description="court, administrative, regulator, police or private"
    )


class ContestEntry(Model):
    """A demand or order that somebody contested before the authority or a court."""

    by: Contestant = Field(description="operator, host or affected")
    on: Day = Field(description="a date such as 2026-11-01")
    outcome: ContestOutcome = Field(description="pending, upheld, narrowed or lifted")


class DemandEntry(Model):
    """One demand, from its receipt to its effect. Times not known yet are left out."""

    id: Annotated[str, Field(pattern=r"^D-[0-9]{4}-[0-9]{4}$")] = Field(
        description="D, year and number, such as D-2026-0001"
    )
    authority: Identifier | None = Field(None, description="the id of an authority in the register")
    sender: SenderEntry | None = Field(None, description="country and kind")
    received_at: Instant = Field(description="a date and time with time zone")
    acknowledged_at: Instant | None = Field(None, description="a date and time with time zone")
    decided_at: Instant | None = Field(None, description="a date and time with time zone")
    decision: Literal["accepted", "narrowed", "rejected", "withdrawn"] | None = Field(
        None, description="accepted, narrowed, rejected or withdrawn"
    )
    reasons: list[Objection] = Field(default_factory=list, description="a list of what was wrong with it")
    order: OrderId | None = Field(None, description="the id of the order it became")
    effect_at: Instant | None = Field(None, description="a date and time with time zone")
    host_told_at: Instant | None = Field(None, description="a date and time with time zone")
    contested: list[ContestEntry] = Field(default_factory=list, description="a list of {by, on, outcome}")

    @model_validator(mode="after")
    def _check_sender(self) -> DemandEntry:
        if (self.authority is None) == (self.sender is None):
            message = "exactly one of `authority` and `sender`"
            raise ValueError(message)
        return self


class ComplaintEntry(Model):
    """One complaint to the operator. It says nothing about who complained."""

    received_on: Day = Field(description="a date such as 2026-11-01")
    answered_on: Day | None = Field(None, description="a date such as 2026-11-01")
    outcome: Literal["corrected", "explained", "passed_on"] | None = Field(
        None, description="corrected, explained or passed_on"
    )


class StatementsEntry(Model):
    """What the operator states about one half-year, signed by the role that is responsible for it."""

    half_year: Annotated[str, Field(pattern=r"^[0-9]{4}-H[12]$")] = Field(
        description="a half-year such as 2026-H2"
    )
    signed_by: Text = Field(description="the role that is responsible for it, such as general counsel")
    signed_on: Day = Field(description="a date such as 2027-01-15")
    only_status_451: bool = Field(description="true or false: no other status code had to be used")
    no_data_given: bool = Field(description="true or false: nobody was given data about attempts to join")
    no_secret_order: bool = Field(description="true or false: every order carried out is reported")
    no_meeting_ended: bool = Field(description="true or false: no meeting was ended and no account closed")


class DemandsFile(Model):
    """The register of demands."""

    schema_: Literal["demands/1"] = Field(alias="schema", description="demands/1")
    demands: list[DemandEntry] = Field(description="a list of demands")
    complaints: list[ComplaintEntry] = Field(default_factory=list, description="a list of complaints")
    statements: list[StatementsEntry] = Field(
        default_factory=list, description="a list of statements, one for each half-year"
    )
