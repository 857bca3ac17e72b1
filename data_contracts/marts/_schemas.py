"""The Pandera schemas of the marts: what the values of each row may be.

Belongs here: ranges with units, enumerations, patterns and the checks that one row decides alone.
Does not belong here: names and types (`_columns`), keys, order and relations between marts, which
need the whole table (`_relations`).

The limits of the vitals are those of a monitor that works on a living or dying adult, wider than
any reference range: a value outside them is a typing error (the open demo holds a diastolic
pressure of several hundred mmHg) and must have been nulled before it reaches a mart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import polars as pl

from data_contracts.marts._columns import mart_columns, nullable_columns

_ID: Final = r"^[0-9a-f]{16}$"
_NAME: Final = r"^[a-z][a-z0-9_]*$"
_CODE: Final = r"^[0-9A-Z]{3,7}$"
_ICD_VERSIONS: Final = [9, 10]
_SEXES: Final = ["F", "M"]
_RACE_GROUPS: Final = ["White", "Black", "Hispanic/Latino", "Asian", "Other", "Unknown"]

DECISION_HOURS_MAX: Final = 72.0
"""A scenario is decided at the latest 72 hours after `t0` (design, "The encounter")."""

HOURS_MIN: Final = -24.0
"""Evidence and actions begin 24 hours before `t0` (leak-prevention rule 2)."""

VITAL_LIMITS: Final[dict[str, tuple[float, float, str]]] = {
    "temperature_c": (10.0, 50.0, "degrees C"),
    "heart_rate_bpm": (0.0, 350.0, "per minute"),
    "resp_rate_per_min": (0.0, 120.0, "per minute"),
    "spo2_pct": (0.0, 100.0, "percent"),
    "sbp_mmhg": (0.0, 400.0, "mmHg"),
    "dbp_mmhg": (0.0, 300.0, "mmHg"),
}
"""Lowest and highest value that a presentation may show, and the unit of both."""

EVIDENCE_KINDS: Final = {
    "lab": "lab",
    "micro": "micro",
    "vital": "vital",
    "imaging": "img|echo",
    "ecg": "ecg",
    "exam": "exam|hist",
}
"""Kind of evidence, and the first words of the ids of its tests."""
ACTION_SOURCES: Final = (
    "emar",
    "pyxis",
    "inputevents",
    "prescriptions",
    "procedures_icd",
    "procedureevents",
    "services",
    "icustays",
    "edstays",
    "transfers",
    "poe",
    "labevents",
)

_Rule = tuple[str, Callable[[pl.Expr], pl.Expr]]


def _matches(pattern: str, name: str) -> _Rule:
    return name, lambda column: column.str.contains(pattern)


def _within(low: float, high: float, unit: str) -> _Rule:
    return f"between {low:g} and {high:g} {unit}".rstrip(), lambda c: c.is_between(low, high)


def _one_of(values: tuple[Any, ...] | list[Any], name: str) -> _Rule:
    return f"a known {name}", lambda column: column.is_in(list(values))


def _all_elements(name: str, rule: Callable[[pl.Expr], pl.Expr]) -> _Rule:
    def every(column: pl.Expr) -> pl.Expr:
        return column.list.eval(rule(pl.element()).fill_null(value=False)).list.all()

    return name, every


def _field(name: str) -> pl.Expr:
    return pl.element().struct.field(name)


def _ascending(key: pl.Expr, name: str) -> _Rule:
    """The key of every element after the first is larger than the one before it."""

    def strictly(column: pl.Expr) -> pl.Expr:
        return column.list.eval((key > key.shift(1)).fill_null(value=True)).list.all()

    return name, strictly


def _diagnosis_order() -> pl.Expr:
    """Text that sorts as seq, version, code: MIMIC may give one seq to two codes."""
    return pl.concat_str(
        _field("seq").cast(pl.String).str.zfill(6),
        _field("version").cast(pl.String).str.zfill(3),
        _field("code"),
    )


_HEX: Final = _matches(_ID, "16 lower-case hex digits")
_SNAKE: Final = _matches(_NAME, "a lower-case name")
_NOT_BLANK: Final = ("not blank", lambda column: column.str.strip_chars() != "")
_FILM_FILE: Final = _matches(r"^files/[A-Za-z0-9_./-]+$", "a path below files/")
_POSITIVE: Final = ("positive", lambda column: column > 0)
_SORTED_TEXTS: Final = (
    _all_elements("no null or blank element", lambda e: e.str.strip_chars() != ""),
    _ascending(pl.element(), "sorted and distinct"),
)

_RULES: Final[dict[str, dict[str, tuple[_Rule, ...]]]] = {
    "scenarios": {
        "scenario_id": (_HEX,),
        "category": (_SNAKE,),
        "release": (_matches(r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$", "a release's name"),),
        "kind": (_one_of(["admission"], "kind"),),
        "patient_key": (_HEX,),
        "decision_hours": (
            (
                "after 0 and at most 72 hours",
                lambda column: (column > 0) & (column <= DECISION_HOURS_MAX),
            ),
        ),
        "age_years": (_within(18, 120, "years"),),
        "sex": (_one_of(_SEXES, "sex"),),
        "arrival": (_NOT_BLANK,),
        "chief_complaint": (_NOT_BLANK,),
        **{vital: (_within(*limits),) for vital, limits in VITAL_LIMITS.items()},
        "pain": (_NOT_BLANK,),
        "acuity": (_within(1, 5, "(Emergency Severity Index)"),),
        "home_drugs": _SORTED_TEXTS,
        "past_diagnoses": _SORTED_TEXTS,
        "history": (_NOT_BLANK,),
        "past_history": (_NOT_BLANK,),
        "social_history": (_NOT_BLANK,),
        "family_history": (_NOT_BLANK,),
        "allergies": (_NOT_BLANK,),
    },
    "evidence": {
        "scenario_id": (_HEX,),
        "evidence_no": (_POSITIVE,),
        "test_id": (
            _matches(r"^(lab|micro|vital|img|echo|ecg|exam|hist)_[a-z0-9_]+$", "a catalogue id"),
        ),
        "kind": (_one_of(tuple(EVIDENCE_KINDS), "kind"),),
        "label": (_NOT_BLANK,),
        "specimen": (_NOT_BLANK,),
        "value_text": (_NOT_BLANK,),
        "unit": (_NOT_BLANK,),
        "flag": (_NOT_BLANK,),
        "taken_hours": (_within(HOURS_MIN, DECISION_HOURS_MAX, "hours"),),
        "available_hours": (_within(HOURS_MIN, DECISION_HOURS_MAX, "hours"),),
        "film_image": (_FILM_FILE,),
    },
    "ground_truth": {
        "scenario_id": (_HEX,),
        "category": (_SNAKE,),
        "condition_id": (_SNAKE,),
        "subject_id": (_POSITIVE,),
        "hadm_id": (_POSITIVE,),
        "stay_id": (_POSITIVE,),
        "target_code": (_matches(_CODE, "an ICD code without dots"),),
        "target_version": (_one_of(_ICD_VERSIONS, "ICD version"),),
        "diagnoses": (
            ("at least one", lambda column: column.list.len() > 0),
            _ascending(_diagnosis_order(), "distinct, by seq, version and code"),
            _all_elements("seq positive", lambda _: _field("seq") > 0),
            _all_elements("codes without dots", lambda _: _field("code").str.contains(_CODE)),
            _all_elements("a known ICD version", lambda _: _field("version").is_in(_ICD_VERSIONS)),
        ),
        "tests": (
            _ascending(_field("test_id"), "distinct, by test_id"),
            _all_elements("catalogue ids", lambda _: _field("test_id").str.contains(_NAME)),
            _all_elements(
                "first_taken_hours finite", lambda _: _field("first_taken_hours").is_finite()
            ),
            (
                "first_available_hours finite",
                lambda column: column.list.eval(
                    _field("first_available_hours").is_finite().fill_null(value=True)
                ).list.all(),
            ),
            _all_elements("by_decision known", lambda _: _field("by_decision").is_not_null()),
        ),
        "sex": (_one_of(_SEXES, "sex"),),
        "age_band": (_NOT_BLANK,),
        "race": (_NOT_BLANK,),
        "race_group": (_one_of(_RACE_GROUPS, "race group"),),
        "insurance": (_NOT_BLANK,),
        "language": (_NOT_BLANK,),
    },
    "actions_taken": {
        "scenario_id": (_HEX,),
        "action_id": (_matches(r"^(drug|proc|consult|dispo|mon)_[a-z0-9_]+$", "a catalogue id"),),
        "source": (_one_of(ACTION_SOURCES, "source"),),
        "first_hours": (("24 hours before t0 or later", lambda column: column >= HOURS_MIN),),
    },
    "cohort_attrition": {
        "category": (_SNAKE,),
        "condition_id": (_SNAKE,),
        "rule_order": (("not negative", lambda column: column >= 0),),
        "rule_id": (_SNAKE,),
        "admissions": (("not negative", lambda column: column >= 0),),
        "missing_modules": (_matches(r"^[a-z]+(, [a-z]+)*$", "modules parted by commas"),),
    },
}

_RULES["task_scenarios"] = {
    **_RULES["scenarios"],
    "kind": (_one_of(["intensive_care", "radiology", "emergency"], "kind"),),
    "start_hours": (_within(0, DECISION_HOURS_MAX, "hours"),),
    "decision_hours": (_within(0, DECISION_HOURS_MAX, "hours"),),
    "film_view": (_one_of(["PA", "AP"], "view"),),
    "film_indication": (_NOT_BLANK,),
    "film_findings": (_NOT_BLANK,),
    "film_image": (_FILM_FILE,),
}
_RULES["task_evidence"] = _RULES["evidence"]
_RULES["task_truth"] = {
    **{
        name: _RULES["ground_truth"][name]
        for name in (
            "scenario_id", "category", "condition_id", "subject_id", "hadm_id", "target_code",
            "target_version", "sex", "age_band", "race", "race_group", "insurance", "language",
        )
    },
    "unit_key": (_matches(r"^[0-9]+$", "a number"),),
    "answers": (_matches(r"^\{.*\}$", "a JSON object"),),
}  # fmt: skip
_RULES["task_attrition"] = {
    "category": (_SNAKE,),
    "rule_id": (_SNAKE,),
    "units": (_POSITIVE,),
}
_RULES["icu_severity"] = {
    "stay_id": (_POSITIVE,),
    "sofa_24h": (_within(0, 24, "points"),),
    "kdigo_stage_48h": (_one_of([0, 1, 2, 3], "stage"),),
}

_ROW_RULES: Final[dict[str, tuple[tuple[str, pl.Expr], ...]]] = {
    "evidence": (
        ("taken_hours at most available_hours", pl.col("taken_hours") <= pl.col("available_hours")),
        (
            "test_id of its kind",
            pl.col("kind")
            .replace(EVIDENCE_KINDS)
            .str.split("|")
            .list.contains(pl.col("test_id").str.extract(r"^([a-z]+)_", 1)),
        ),
        (
            "a picture with reports of chest films only",
            pl.col("film_image").is_null() | (pl.col("test_id") == "img_xr_chest"),
        ),
    ),
    "ground_truth": (
        (
            "target among the diagnoses",
            pl.col("diagnoses")
            .list.eval(
                pl.concat_str(_field("version").cast(pl.String), pl.lit(":"), _field("code"))
            )
            .list.contains(
                pl.concat_str(
                    pl.col("target_version").cast(pl.String), pl.lit(":"), pl.col("target_code")
                )
            ),
        ),
    ),
}
_ROW_RULES["task_evidence"] = _ROW_RULES["evidence"]


@cache
def mart_schema(mart: str) -> Any:
    """The Pandera schema of `mart`: strict, ordered, no coercion.

    Returns:
        A `pandera.polars.DataFrameSchema` for frames of any number of rows. Nulls pass every check
        of values; whether a column may hold them is its `nullable`. Floats must be finite.

    Raises:
        KeyError: `mart` is none of `MARTS`.
    """
    import pandera.polars as pa

    def check(name: str, rule: Callable[[pl.Expr], pl.Expr]) -> Any:
        return pa.Check(
            lambda data: data.lazyframe.select(rule(pl.col(data.key))), name=name, error=name
        )

    def row_check(name: str, rule: pl.Expr) -> Any:
        return pa.Check(
            lambda data: data.lazyframe.select(rule.alias("row")), name=name, error=name
        )

    rules = _RULES[mart]
    nullable = nullable_columns(mart)
    columns = {}
    for column, dtype in mart_columns(mart).items():
        checks = [check(name, rule) for name, rule in rules.get(column, ())]
        if dtype == pl.Float64:
            checks.append(check("finite", lambda expression: expression.is_finite()))
        columns[column] = pa.Column(dtype, checks, nullable=column in nullable)
    return pa.DataFrameSchema(
        columns,
        checks=[row_check(name, rule) for name, rule in _ROW_RULES.get(mart, ())],
        strict=True,
        ordered=True,
        coerce=False,
        name=mart,
    )
