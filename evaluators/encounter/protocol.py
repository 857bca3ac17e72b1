"""The words that a candidate and the evaluator exchange.

Belongs here: the types of a candidate's step and of the messages it receives, and the protocol's
version. Does not belong here: parsing and repair (`replies`), looking results up (`lookup`).
Every class is frozen; a change to a field changes `PROTOCOL_VERSION`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from evaluators.encounter.results.reading import read_report

PROTOCOL_VERSION = "medcred/5"
TEXT_PROTOCOL_VERSION = "medcred/4"
"""What the opening says where results come without pictures."""


OUTPUT_LIMIT_MARK = "medcred:output_limit"
"""Finish reason of a reply whose body was too long to be read to its end (the client's word)."""


class Border(BaseModel):
    """Base of everything that crosses a border: frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(StrEnum):
    """What the record holds for one order. The record keeps exactly one of these per order."""

    RESULTED = "resulted"
    PENDING = "pending"
    NOT_PERFORMED = "not_performed"
    AFTER_DECISION = "after_decision"
    NOT_IN_SOURCE = "not_in_source"
    AMBIGUOUS = "ambiguous"
    UNRECOGNISED = "unrecognised"


class EndReason(StrEnum):
    """How an encounter ended. Every reason is scored by rule; none is left out of the mean."""

    COMPLETED = "completed"
    TURN_LIMIT = "turn_limit"
    OUTPUT_LIMIT = "output_limit"
    FORMAT_FAILURE = "format_failure"
    REFUSED = "refused"
    EMPTY = "empty"
    BUDGET = "budget"
    WALL_TIME = "wall_time"


class RankedDiagnosis(Border):
    """One line of the ranked differential."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    diagnosis: str
    """The candidate's own words."""
    icd10: str | None = None
    """Optional ICD-10-CM code, with or without dot."""
    probability: float | None = Field(default=None, ge=0.0, le=1.0)


class OrganSupport(Border):
    """Which organ support a patient will need; null where the candidate did not say."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    vasopressor: bool | None = None
    ventilation: bool | None = None
    """Invasive mechanical ventilation."""
    renal_replacement: bool | None = None


class FilmFinding(Border):
    """One finding on a film, with its certainty."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    finding: str
    """In the candidate's own words."""
    certainty: Literal["present", "uncertain", "absent"]


class FinalAnswer(Border):
    """The diagnosis and plan to which the candidate commits, and what the task asks for besides."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    diagnosis: str
    """Principal diagnosis in the candidate's own words; of a list, the first is scored. Empty only
    when the answer consists of findings."""
    icd10: str | None = None
    further_diagnoses: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    """Actions that the candidate would take next, in its own words; scored like `Step.actions`."""
    disposition: str | None = None
    organ_support: OrganSupport | None = None
    """Asked for in the kind of scenario `intensive_care` only."""
    findings: tuple[FilmFinding, ...] = ()
    """Asked for in the kind `radiology` only."""
    acuity: int | None = Field(default=None, ge=1, le=5)
    """Emergency Severity Index; asked for in the kind `emergency` only."""


class Step(Border):
    """One reply of a candidate."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    orders: tuple[str, ...] = ()
    """Tests, examinations and imaging, in the candidate's own words."""
    actions: tuple[str, ...] = ()
    """Drugs, procedures, consults, monitoring, in the candidate's own words."""
    differential: tuple[RankedDiagnosis, ...] = ()
    final: FinalAnswer | None = None


class Presentation(Border):
    """What is known at `t0`. Units are in the names; absent facts are null."""

    age_years: int
    sex: Literal["F", "M"]
    arrival: str | None = None
    """How the patient came (`AMBULANCE`, `WALK IN`, ...), as recorded."""
    chief_complaint: str | None = None
    temperature_c: float | None = None
    heart_rate_bpm: float | None = None
    resp_rate_per_min: float | None = None
    spo2_pct: float | None = None
    sbp_mmhg: float | None = None
    dbp_mmhg: float | None = None
    pain: str | None = None
    acuity: int | None = None
    """Emergency Severity Index, 1 (most urgent) to 5."""
    home_drugs: tuple[str, ...] = ()
    past_diagnoses: tuple[str, ...] = ()
    """Titles of diagnoses coded in admissions that ended before `t0`."""
    history: str | None = None
    """History of present illness up to the arrival, as the admitting physician wrote it."""
    past_history: str | None = None
    """Past medical and surgical history; its lines are kept, as in the texts below."""
    social_history: str | None = None
    family_history: str | None = None
    allergies: str | None = None


class Film(Border):
    """A chest film as a candidate meets it; what its category does not show is null."""

    view: str | None = None
    """PA or AP."""
    indication: str | None = None
    """Why it was taken, where that names no finding."""
    findings: str | None = None
    """The report's findings, never its impression."""
    image: str | None = None
    """Handle of the picture, which stands in the same message."""


class Result(Border):
    """One result, as a program reads it out of a report (`results.reading`)."""

    test: str
    """Canonical name of the catalogue."""
    value: str
    unit: str | None = None
    reference: str | None = None
    """Reference range, `low-high`."""
    flag: str | None = None
    """`high` or `low` against the range; else `abnormal` where the record flags it."""
    hours: float
    """When it became available, in hours since arrival, one decimal."""
    previous: tuple[str, ...] = ()
    """Earlier values of the same test, oldest first, as `value at hours h`."""
    image: str | None = None
    """Handle of the picture that this reports; it stands in the message that names it first. Only
    for candidates that take pictures."""


class OrderReply(Border):
    """The reply to one order, in words that do not tell why a result is missing.

    In a message `results` is the report, one text (docs/decisions/results-as-read.md). Read back
    into this type, the text stands in `report`, and `results` holds what could be read out of it.
    """

    order: str
    status: Literal["resulted", "pending", "unavailable", "ambiguous", "unrecognised"]
    report: str = ""
    results: tuple[Result, ...] = ()
    choices: tuple[str, ...] = ()
    """Canonical names to choose from, when ambiguous."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        return _with_report_read(given, "results", "report")


class Reply(Border):
    """One answer of a candidate as it came over the wire."""

    text: str
    finish_reason: str | None = None
    model: str | None = None
    """The model id that the endpoint says has answered."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None


class Picture(Border):
    """A picture that goes with a message; its bytes never enter a message's text."""

    handle: str
    sha256: str
    content: bytes = Field(repr=False)
    media_type: str = "image/jpeg"
    message: int = Field(default=1, ge=1)
    """Place among all messages of the one that it goes with; 1 is the opening."""


class Opening(Border):
    """The first message: who has come. Later turns use `TurnReply`."""

    protocol: str = PROTOCOL_VERSION
    category: str
    task: str | None = None
    """What is asked besides diagnosis and plan, in the words of the kind of scenario (`tasks`)."""
    presentation: Presentation
    film: Film | None = None
    clock_hours: float = 0.0
    turns_left: int


class TurnReply(Border):
    """What the evaluator answers to a step."""

    clock_hours: float
    """Hours since arrival after this turn's orders."""
    orders: tuple[OrderReply, ...] = ()
    delivered_report: str = ""
    """In a message this text is `delivered` itself."""
    delivered: tuple[Result, ...] = ()
    """Results ordered in earlier turns that became available by the clock."""
    pending: tuple[str, ...] = ()
    """Canonical names of the tests whose result is still on its way, in their order."""
    actions_noted: int = 0
    notices: tuple[str, ...] = ()
    turns_left: int

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        return _with_report_read(given, "delivered", "delivered_report")


def _with_report_read(given: Any, results: str, report: str) -> Any:
    """`given` with the text under `results` put under `report`, and what it says in its place."""
    if isinstance(given, dict) and isinstance(given.get(results), str):
        return {**given, report: given[results], results: read_report(given[results])}
    return given
