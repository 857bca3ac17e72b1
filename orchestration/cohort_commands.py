"""`medcred cohort`: add a cohort, and list what is examined.

Belongs here: the two commands, their options and what they print. Does not belong here: the file
and its checks (`cohort_files`), trying it out (`cohort_trial`), tables (`show`).
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.settings import PROJECT, Settings
from orchestration.terminal import complaints, console, fail
from orchestration.warehouse import COHORTS, DBT_PROJECT, cohorts

if TYPE_CHECKING:
    from orchestration.cohort_trial import Landed

cohort_app = typer.Typer(help="Cohorts: one file each, one condition.", no_args_is_help=True)


class Position(StrEnum):
    """Where the code of a cohort must stand among the billed diagnoses."""

    PRIMARY = "primary"
    ANY = "any"


class LeakPolicy(StrEnum):
    """What the presentation may not say."""

    STRICT = "strict"
    CHRONIC_OK = "chronic_ok"
    PRESENTING = "presenting"


@cohort_app.command()
def new(
    category: Annotated[str, typer.Option(help="For example: cardiology, infectious_disease.")],
    condition: Annotated[str, typer.Option(help="Id of the condition, such as viral_enteritis.")],
    icd10: Annotated[
        str | None, typer.Option(help="ICD-10-CM codes or their beginnings, parted by commas.")
    ] = None,
    icd9: Annotated[
        str | None, typer.Option(help="ICD-9-CM codes or their beginnings, parted by commas.")
    ] = None,
    exclude_icd10: Annotated[
        str | None, typer.Option(help="Codes among those of --icd10 that do not count.")
    ] = None,
    exclude_icd9: Annotated[
        str | None, typer.Option(help="Codes among those of --icd9 that do not count.")
    ] = None,
    position: Annotated[
        Position, typer.Option(help="primary: the code is billed first. any: anywhere.")
    ] = Position.PRIMARY,
    name: Annotated[
        str | None, typer.Option(help="In words, as an answer would say it. Default: the id.")
    ] = None,
    synonym: Annotated[
        list[str] | None, typer.Option(help="Another name that counts; may be given repeatedly.")
    ] = None,
    leak_policy: Annotated[
        LeakPolicy,
        typer.Option(
            help="strict: the presentation may not name it. chronic_ok: it may, as history. "
            "presenting: it may."
        ),
    ] = LeakPolicy.STRICT,
) -> None:
    """Add a cohort: check the codes, try it out on the active source, write one SQL file."""
    from evaluators.catalogue import CatalogueError, category_slug, load_catalogue
    from orchestration.cohort_files import (
        CohortRefusedError,
        NewCohort,
        check_cohort,
        codes_in,
        write_cohort,
    )
    from orchestration.cohort_trial import TrialFailedError, try_out
    from orchestration.workspace import NoActiveSourceError
    from sources.releases import SourceError

    try:
        cohort = NewCohort(
            category=category_slug(category),
            condition=condition,
            name=name or condition.replace("_", " ").capitalize(),
            icd10=codes_in(icd10, 10),
            icd9=codes_in(icd9, 9),
            icd10_exclude=codes_in(exclude_icd10, 10),
            icd9_exclude=codes_in(exclude_icd9, 9),
            position=position.value,
            synonyms=tuple(synonym or ()),
            leak_policy=leak_policy.value,
        )
        models = (path.stem for path in (DBT_PROJECT / "models").rglob("*.sql"))
        check_cohort(cohort, load_catalogue(), models)
        with complaints.status(f"Trying {cohort.condition} out on the active source"):
            trial = try_out(cohort, _landed(Settings()))
        path = write_cohort(cohort, COHORTS)
    except (
        *(CatalogueError, CohortRefusedError, TrialFailedError),
        *(NoActiveSourceError, SourceError),
    ) as error:
        raise fail(error) from None
    shown = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
    told = [
        f"wrote      {shown}",
        f"coded      {trial.coded} of {trial.admissions} admissions have one of the codes",
        f"placed     {trial.placed} have it where it must stand ({cohort.position})",
        *(f"dropped    {count} by {rule}" for rule, count in trial.dropped.items()),
        f"scenarios  {trial.selected}",
    ]
    if trial.shared:
        told.append(
            f"           {trial.shared} of these admissions serve another condition today; each "
            "serves one only (one_use), so fewer may be left"
        )
    told.append("next       `medcred run` examines it; `medcred cohort list` shows it")
    for line in told:
        console.print(line, highlight=False, soft_wrap=True)


@cohort_app.command("list")
def list_cohorts(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Every cohort with its admissions and scenarios in the active source."""
    import polars as pl

    from evaluators.catalogue import CatalogueError, load_catalogue
    from orchestration.show import cohort_rows, show_cohorts
    from orchestration.workspace import NoActiveSourceError, open_source
    from sources.releases import SourceError

    try:
        catalogue = load_catalogue()
        path = open_source(Settings())[1].marts / "cohort_attrition.parquet"
    except (CatalogueError, NoActiveSourceError, SourceError) as error:
        raise fail(error) from None
    attrition = pl.read_parquet(path).to_dicts() if path.is_file() else []
    names = {known.condition_id: known.name for known in catalogue.conditions.values()}
    rows = cohort_rows(cohorts(), attrition, names)
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        show_cohorts(console, rows)


def _landed(settings: Settings) -> Landed:
    """The active source, as the last run landed it."""
    from orchestration.cohort_trial import Landed
    from orchestration.workspace import (
        NoActiveSourceError,
        base_release,
        enclave,
        landed_modules,
        open_source,
    )

    source, workspace = open_source(settings)
    if not any(workspace.landed.glob("*/diagnoses_icd.parquet")):
        raise NoActiveSourceError(
            f"No diagnoses of {source.slug} are landed, so nobody can tell whom a cohort selects: "
            "run `medcred run` first."
        )
    return Landed(
        folder=workspace.landed,
        ground_truth=workspace.marts / "ground_truth.parquet",
        release=base_release(source),
        modules=landed_modules(source),
        scratch=enclave(settings),
        threads=settings.threads,
    )
