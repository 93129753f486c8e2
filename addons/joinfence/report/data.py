"""The one data set of a report, which every form of it shows. Its JSON Schema ships as report.schema.json."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from joinfence.config.demands.schema import Contestant
from joinfence.records.tallies.bands import Band

SCHEMA_ID: Final = "report/1"


class ReportPart(BaseModel):
    """A part of the data set: nothing is coerced, nothing unknown is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


type Count = Annotated[int, Field(ge=0)]
DemandStep = Literal["acknowledge", "decide", "give_effect", "tell_host"]
type Ending = Literal["expiry", "missed_review", "suspension"]


class OperatorPart(ReportPart):
    """Who reports."""

    name: str
    url: str


class PeriodPart(ReportPart):
    """The first and the last day, both included, in UTC."""

    first_day: date
    last_day: date


class Outcomes(ReportPart):
    """Demands received in the period, by how they stood at its end. The parts add up to `received`."""

    received: Count
    accepted: Count
    narrowed: Count
    rejected: Count
    withdrawn: Count
    pending: Count


class AuthorityLine(Outcomes):
    """The same, for the authorities of one country and kind."""

    country: str
    kind: str


class ReasonLine(ReportPart):
    """How many demands of the period were rejected or narrowed for a reason. One may have several."""

    reason: str
    rejected: Count
    narrowed: Count


class ContestLine(ReportPart):
    """Demands and orders contested in the period, by whom, and what is known of the outcome."""

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
    """The median time of one step. `of` counts the demands whose time is known; none leaves no median."""

    step: DemandStep
    median_hours: float | None
    of: Count


class BandLine(ReportPart):
    """Joins in one half-year, all nodes added before banding. None where nothing was counted."""

    half_year: str
    refused: Band | None
    observed: Band | None


class OrderLine(ReportPart):
    """One version of an order that was in force in the period."""

    id: str
    version: int
    authority: str
    """The authority's id in the register."""
    country: str
    kind: str
    instrument: str
    purpose: str
    reference: str
    mode: Literal["enforce", "observe"]
    territory: list[str]
    meetings: Count
    """How many meetings; which ones is never published."""
    in_force_from: datetime
    in_force_until: datetime | None
    """When it ended; None where it was in force at the end of the period."""
    ended_by: Ending | None
    joins: list[BandLine]


class RedressPart(ReportPart):
    """Complaints to the operator in one half-year, as it stood at its end, banded like all that people cause.

    No median below ten answers.
    """

    half_year: str
    complaints: Band
    corrected: Band
    median_days_to_answer: float | None


class SourcePart(ReportPart):
    """The greatest age that the data of one location source reached. None where the source states no date."""

    source: str
    oldest_days: Count | None


class SafeguardsPart(ReportPart):
    """What went wrong with the fence, or could have; all nodes added. None where no node kept count."""

    nodes: Count
    missed_reviews: Count
    stale_policy_minutes: Count | None
    fail_open_minutes: Count | None
    location: list[SourcePart]


class StatementsPart(ReportPart):
    """What the operator states about one half-year, true or false; None where nothing was stated."""

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
