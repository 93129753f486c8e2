"""The data set of a report, which all of its forms show. Its JSON Schema ships as report.schema.json."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from joinfence.config.demands.schema import Contestant
from joinfence.records.tallies.bands import Band

SCHEMA_ID: Final = "report/1"


class ReportPart(BaseModel):
    """A part of the data set. Unknown fields are errors, and the values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


type Count = Annotated[int, Field(ge=0)]
DemandStep = Literal["acknowledge", "decide", "give_effect", "tell_host"]
type Ending = Literal["expiry", "missed_review", "suspension"]


class OperatorPart(ReportPart):
    """The operator that reports."""

    name: str
    url: str


class PeriodPart(ReportPart):
    """The first and last day, both inclusive, in UTC."""

    first_day: date
    last_day: date


class Outcomes(ReportPart):
    """Demands received in the period, by their outcome at its end. The outcomes add up to `received`."""

    received: Count
    accepted: Count
    narrowed: Count
    rejected: Count
    withdrawn: Count
    pending: Count


class AuthorityLine(Outcomes):
    """The same for the authorities of one country and kind."""

    country: str
    kind: str


class ReasonLine(ReportPart):
    """How many demands of the period were rejected or narrowed for this reason. A demand can have several."""

    reason: str
    rejected: Count
    narrowed: Count


class ContestLine(ReportPart):
    """Demands and orders contested in the period, by whom, and with what outcome."""

    by: Contestant
    contested: Count
    pending: Count
    upheld: Count
    narrowed: Count
    lifted: Count


class DemandsPart(ReportPart):
    """All demands of the period."""

    total: Outcomes
    by_authority: list[AuthorityLine]
    reasons: list[ReasonLine]
    contested: list[ContestLine]


class StepPart(ReportPart):
    """The median time of one step. `of` is the number of demands whose time is known; 0 means no median."""

    step: DemandStep
    median_hours: float | None
    of: Count


class BandLine(ReportPart):
    """Joins in one half-year, as the band of the sum of all nodes. None if nothing was counted."""

    half_year: str
    refused: Band | None
    observed: Band | None


class OrderLine(ReportPart):
    """One version of an order that was in force in the period."""

    id: str
    version: int
    authority: str
    """The id of the authority in the register."""
    country: str
    kind: str
    instrument: str
    purpose: str
    reference: str
    mode: Literal["enforce", "observe"]
    territory: list[str]
    meetings: Count
    """How many meetings the order names. Which ones is never published."""
    in_force_from: datetime
    in_force_until: datetime | None
    """When it ended; None if it was in force at the end of the period."""
    ended_by: Ending | None
    joins: list[BandLine]


class RedressPart(ReportPart):
    """Complaints to the operator in one half-year, as of its end, in bands, like all numbers about people.

    There is no median of fewer than ten answers.
    """

    half_year: str
    complaints: Band
    corrected: Band
    median_days_to_answer: float | None


class SourcePart(ReportPart):
    """The greatest age that the data of one location source reached. None if the source states no date."""

    source: str
    oldest_days: Count | None


class SafeguardsPart(ReportPart):
    """What went wrong with the fence or could have, as the sum of all nodes. None if no node kept records."""

    nodes: Count
    missed_reviews: Count
    stale_policy_minutes: Count | None
    fail_open_minutes: Count | None
    location: list[SourcePart]


class StatementsPart(ReportPart):
    """What the operator states about one half-year, true or false; None if nothing was stated."""

    half_year: str
    signed_by: str | None
    signed_on: date | None
    only_status_451: bool | None
    no_data_given: bool | None
    no_secret_order: bool | None
    no_meeting_ended: bool | None


class Report(ReportPart):
    """A transparency report."""

    schema_: Literal["report/1"] = Field(SCHEMA_ID, serialization_alias="schema", validation_alias="schema")
    operator: OperatorPart
    period: PeriodPart
    demands: DemandsPart
    times: list[StepPart]
    orders: list[OrderLine]
    redress: list[RedressPart]
    safeguards: SafeguardsPart
    statements: list[StatementsPart]
