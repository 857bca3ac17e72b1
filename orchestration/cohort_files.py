"""A new cohort as one SQL file: what it says, whether it may exist, and how the file reads.

Belongs here: the request for a cohort, its checks against the catalogue, the file's text, writing
it. Does not belong here: what the active source says of it (`cohort_trial`), the command line
(`cohort_commands`), reading declarations (`evaluators.catalogue`). docs/cohorts.md explains the
file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluators.catalogue import Catalogue, Condition, category_slug

INITIAL_ENCOUNTER: Final = ("A", "B", "C")
"""Seventh characters of an injury's initial encounter (ICD-10-CM guidelines, I.C.19.a)."""

_ICD10: Final = re.compile(r"[A-Z]\d[0-9A-Z]{1,5}")
_ICD9: Final = re.compile(r"\d{3,5}|V\d{2,4}|E\d{3,4}")
_INJURY: Final = re.compile(r"S|T|M80|M84")
_ID: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_WIDTH: Final = 100


class CohortRefusedError(ValueError):
    """A cohort cannot be added as asked; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewCohort:
    """A cohort that somebody asks for. Codes are without dots."""

    category: str
    condition: str
    name: str
    icd10: tuple[str, ...] = ()
    icd9: tuple[str, ...] = ()
    icd10_exclude: tuple[str, ...] = ()
    icd9_exclude: tuple[str, ...] = ()
    position: str = "primary"
    """Where the code must stand: primary (billed first), or any."""
    synonyms: tuple[str, ...] = ()
    leak_policy: str = "strict"

    @property
    def path(self) -> str:
        """The file under `models/cohorts`."""
        return f"{self.category}/{self.condition}.sql"

    def codes(self, version: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Prefixes that count and prefixes that do not, of one ICD version."""
        return (self.icd10, self.icd10_exclude) if version == 10 else (self.icd9, self.icd9_exclude)


def codes_in(text: str | None, version: int) -> tuple[str, ...]:
    """Codes or prefixes of codes, parted by commas; dots are removed, order and case do not matter.

    Raises:
        CohortRefusedError: when one is not shaped like a code of that version with three characters
            or more.
    """
    given = {part.strip().upper().replace(".", "") for part in (text or "").split(",")}
    shape = _ICD10 if version == 10 else _ICD9
    wrong = sorted(code for code in given if code and not shape.fullmatch(code))
    if wrong:
        raise CohortRefusedError(
            f"{', '.join(wrong)} is not shaped like an ICD-{version} diagnosis code: give three "
            "characters or more, such as " + ("M62.82." if version == 10 else "728.88.")
        )
    return tuple(sorted(given - {""}))


def check_cohort(cohort: NewCohort, catalogue: Catalogue, taken: Iterable[str]) -> None:
    """Check a cohort against the catalogue, before any data is read.

    Args:
        cohort: What is asked for.
        catalogue: All conditions, declared ones included.
        taken: Names of all dbt models.

    Raises:
        CohortRefusedError: the category does not exist or is told by films, the id is taken or
            misshapen, there is no code, an exclusion excludes nothing, the codes overlap those of
            another condition of the category, or a name is another condition's.
    """
    own = catalogue.in_category(cohort.category)
    if not own or cohort.category != category_slug(cohort.category):
        raise CohortRefusedError(
            f"There is no category {cohort.category!r}: categories are "
            f"{', '.join(catalogue.categories)}."
        )
    if all(condition.dx_position == "cxr_label" for condition in own):
        raise CohortRefusedError(
            f"Conditions of {cohort.category} are labels of films, not codes "
            "(docs/decisions/films-make-radiology.md): choose another category."
        )
    if not _ID.fullmatch(cohort.condition):
        raise CohortRefusedError(
            f"{cohort.condition!r} is no id: use 2 to 40 lower-case letters, digits and "
            "underscores, a letter first."
        )
    known = catalogue.conditions.get(cohort.condition)
    if known:
        raise CohortRefusedError(
            f"The condition {cohort.condition} exists already, in {known.category}: give the new "
            "one another id."
        )
    if cohort.condition in catalogue.diagnoses or cohort.condition in set(taken):
        raise CohortRefusedError(
            f"The id {cohort.condition} is taken by another diagnosis of the catalogue or by a dbt "
            "model: give the condition another one."
        )
    if not (cohort.icd10 or cohort.icd9):
        raise CohortRefusedError("A cohort needs a code: give --icd10, --icd9, or both.")
    _check_texts(cohort)
    for version in (10, 9):
        _check_exclusions(cohort, version)
        for other in own:
            _check_overlap(cohort, other, version)
    _check_names(cohort, own)


def _check_texts(cohort: NewCohort) -> None:
    for text in (cohort.name, *cohort.synonyms):
        if not text.strip() or not text.isprintable() or any(mark in text for mark in "|{}<>\\"):
            raise CohortRefusedError(
                "A name or synonym is blank or has one of | { } < > \\ in it: give plain words."
            )


def _check_exclusions(cohort: NewCohort, version: int) -> None:
    counted, excluded = cohort.codes(version)
    whole = [own for own in counted if any(own.startswith(code) for code in excluded)]
    idle = [
        code
        for code in excluded
        if not any(code.startswith(own) or own.startswith(code) for own in counted)
    ]
    if idle or whole:
        raise CohortRefusedError(
            f"--exclude-icd{version} {', '.join(idle or excluded)} "
            + (
                f"excludes nothing of --icd{version}: leave it out."
                if idle
                else f"leaves nothing of {', '.join(whole)}: exclude longer codes."
            )
        )


def _check_overlap(cohort: NewCohort, other: Condition, version: int) -> None:
    if other.dx_position != "primary":
        return
    theirs, without = (
        (other.icd10_prefixes, other.icd10_exclude_prefixes)
        if version == 10
        else (other.icd9_prefixes, other.icd9_exclude_prefixes)
    )
    counted, excluded = cohort.codes(version)
    shared = sorted(
        {
            longer
            for mine in counted
            for their in theirs
            for longer in [max(mine, their, key=len)]
            if mine.startswith(their) or their.startswith(mine)
            if not longer.startswith(tuple(excluded) or ("-",))
            if not longer.startswith(tuple(without) or ("-",))
        }
    )
    if shared:
        raise CohortRefusedError(
            f"ICD-{version} {', '.join(shared)} belongs to {other.condition_id} of the same "
            f"category: choose other codes, or leave these out with --exclude-icd{version}."
        )


def _check_names(cohort: NewCohort, own: Sequence[Condition]) -> None:
    theirs = {
        word.casefold(): condition.condition_id
        for condition in own
        for word in (condition.name, *condition.synonyms)
    }
    for word in (cohort.name, *cohort.synonyms):
        if word.casefold() in theirs:
            raise CohortRefusedError(
                f"{word!r} already means {theirs[word.casefold()]} in this category, and an answer "
                "can mean one condition only: leave it out."
            )


def declaration(cohort: NewCohort) -> dict[str, object]:
    """What the file declares: the keys of `evaluators._catalogue_cohorts`, all of them."""
    is_injury = any(_INJURY.match(code) for code in cohort.icd10)
    return {
        "name": cohort.name,
        "synonyms": list(cohort.synonyms),
        "icd10_prefixes": list(cohort.icd10),
        "icd9_prefixes": list(cohort.icd9),
        "icd10_exclude_prefixes": list(cohort.icd10_exclude),
        "icd9_exclude_prefixes": list(cohort.icd9_exclude),
        "icd10_7th_chars": list(INITIAL_ENCOUNTER) if is_injury else [],
        "dx_position": cohort.position,
        "related_partial_credit": {},
        "differentials": [],
        "leak_policy": cohort.leak_policy,
        "forbidden_regex": "",
        "allowed_terms": [],
    }


_FILE: Final = """\
-- <name>.
-- Grain: one admission.
-- Declared here: the catalogue (seeds/conditions.csv) has no row for it. docs/cohorts.md says what
-- each word does. No rule beyond those that all cohorts share: add a `where` for more.
{{ config(meta={
    'category': '<category>',
    'condition': '<condition>',
    'declares': {
<declares>
    },
}) }}
with screened as (
    {{ screened('<condition>') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
"""


def cohort_sql(cohort: NewCohort) -> str:
    """The file's whole text; `evaluators.catalogue` and dbt read the same `meta`."""
    declares = "\n".join(
        f"        {_quoted(key)}: {_literal(value, key)},"
        for key, value in declaration(cohort).items()
    )
    filled = {
        "category": cohort.category,
        "condition": cohort.condition,
        "name": cohort.name,
        "declares": declares,
    }
    text = _FILE
    for mark, value in filled.items():
        text = text.replace(f"<{mark}>", value)
    return text


def write_cohort(cohort: NewCohort, folder: Path) -> Path:
    """Write the file under `folder` (`models/cohorts`); an existing file is never replaced.

    Raises:
        CohortRefusedError: when a file of that name is there.
    """
    path = folder / cohort.path
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(cohort_sql(cohort))
    except FileExistsError:
        raise CohortRefusedError(f"{cohort.path} is there already: edit it instead.") from None
    return path


def _quoted(text: str) -> str:
    """The text as a literal that Jinja and Python read alike."""
    return "'" + text.replace("'", "\\'") + "'"


def _literal(value: object, key: str) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if not isinstance(value, list):
        return _quoted(str(value))
    short = "[" + ", ".join(map(_quoted, value)) + "]"
    if len(short) + len(key) + len("        '': ,") <= _WIDTH:
        return short
    return "[\n" + "".join(f"            {_quoted(one)},\n" for one in value) + "        ]"
