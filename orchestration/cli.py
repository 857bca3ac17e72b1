"""The `medcred` command.

Belongs here: commands, their options and what they print. Does not belong here: any work.
Heavy libraries are imported inside the commands that need them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cohort_commands import cohort_app
from orchestration.encounter_commands import encounter
from orchestration.judge_commands import judge
from orchestration.leak_commands import leaks
from orchestration.order_commands import order
from orchestration.probe_commands import probe
from orchestration.safety_commands import safety
from orchestration.score_commands import score
from orchestration.settings import PROJECT, Settings
from orchestration.statistics_commands import statistics
from orchestration.terminal import complaints, console, fail
from orchestration.transcript_commands import transcript
from registry.cli import app as registry_app

app = typer.Typer(
    help="Examine medical AI models on real patients' records; certify, per category, who passes.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
scenario_set_app = typer.Typer(help="Frozen scenario sets.", no_args_is_help=True)
data_app = typer.Typer(help="Raw data.", no_args_is_help=True)
app.add_typer(scenario_set_app, name="scenario-set")
app.add_typer(data_app, name="data")
app.add_typer(cohort_app, name="cohort")
app.add_typer(registry_app, name="registry")
app.command()(encounter)
app.command()(judge)
app.command()(leaks)
app.command()(order)
app.command()(probe)
app.command()(safety)
app.command()(score)
app.command()(transcript)
app.command()(statistics)


SourceOption = Annotated[
    Path | None,
    typer.Option(help="Folder of MIMIC releases. Without it: the synthetic default."),
]
SupplementOption = Annotated[
    Path | None,
    typer.Option(help="Folder that may provide only tables which the source lacks (unverified)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.command()
def run(
    source: SourceOption = None,
    supplement: SupplementOption = None,
    patients: Annotated[
        int | None, typer.Option(min=1, help="Size of the synthetic release.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the synthetic release.")] = None,
    waveforms: Annotated[
        bool | None,
        typer.Option(
            help="Read the waveforms of ECGs and show their rate and RR intervals; all of "
            "MIMIC-IV-ECG takes hours. Without it: MEDCRED_WAVEFORMS, else not."
        ),
    ] = None,
) -> None:
    """Land, build, freeze, examine every candidate, score, credential, publish."""
    from evaluators.candidates.config import CandidateConfigError, load_candidates
    from orchestration.progress import LiveReporter
    from orchestration.run import JobFailedError, run_pipeline
    from orchestration.show import show_standings
    from orchestration.warehouse import ManifestError
    from orchestration.workspace import activate, choose, open_source, synthetic_choice
    from sources.releases import SourceError

    given = {
        "source": source,
        "supplement": supplement,
        "patients": patients,
        "seed": seed,
        "waveforms": waveforms,
    }
    settings = Settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    if settings.supplement is not None and settings.source is None:
        raise fail("A supplement adds to a source: name the source with --source.")
    try:
        load_candidates(settings.candidates)
    except CandidateConfigError as error:
        raise fail(error) from None
    choice = synthetic_choice(settings) if settings.source is None else choose(settings)
    if not choice.is_synthetic:
        try:
            from sources.releases import find_source

            find_source(choice.root, choice.supplement)
        except SourceError as error:
            raise fail(error) from None
    activate(settings, choice)
    try:
        with LiveReporter() as reporter:
            done = run_pipeline(settings, reporter)
    except (JobFailedError, ManifestError) as error:
        raise fail(error) from None
    source_read, workspace = open_source(settings)
    show_standings(console, json.loads(workspace.standings.read_text()))
    for name in done.checks_failed:
        console.print(f"[yellow]check did not pass:[/] {name}")
    for name in done.failed:
        complaints.print(f"[red]not finished:[/] {name}", soft_wrap=True)
    public = settings.public.resolve() / source_read.slug
    console.print(f"examined  {done.examined} pairs of candidate and category", highlight=False)
    console.print(f"registry  {public}", soft_wrap=True, highlight=False)
    console.print(f"page      {public / 'index.html'}", soft_wrap=True, highlight=False)
    if done.failed:
        raise typer.Exit(1)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open the Dagster web UI on this checkout's workspace.yaml."""
    from orchestration.execution import prepare
    from orchestration.warehouse import ManifestError, manifest_path
    from orchestration.workspace import enclave

    settings = Settings()
    prepare(settings)
    try:
        with console.status("Reading the dbt project"):
            manifest_path(enclave(settings))
    except ManifestError as error:
        raise fail(error) from None
    console.print(f"Dagster UI on http://127.0.0.1:{port} (Ctrl-C ends it)")
    command = [
        *(str(Path(sys.executable).with_name("dagster")), "dev"),
        *("-w", str(PROJECT / "workspace.yaml")),
        *("-h", "127.0.0.1", "-p", str(port)),
    ]
    raise typer.Exit(subprocess.run(command, cwd=PROJECT, env=os.environ).returncode)


def _workspace() -> Any:
    from orchestration.workspace import NoActiveSourceError, open_source
    from sources.releases import SourceError

    try:
        return open_source(Settings())[1]
    except (NoActiveSourceError, SourceError) as error:
        raise fail(error) from None


@app.command()
def standings(
    as_json: JsonOption = False,
    with_judge: Annotated[
        bool, typer.Option("--judge", help="Beside them: the judge's view, with its agreement.")
    ] = False,
) -> None:
    """Who stands where, after the last run; persons beside it, as baselines."""
    from evaluators.candidates.config import CandidateConfigError
    from orchestration.baselines import BaselineError, show_baselines
    from orchestration.judge_commands import JudgeRefusedError, judge_views, show_views
    from orchestration.show import show_standings

    workspace = _workspace()
    if not workspace.standings.is_file():
        raise fail("There are no standings yet: run `medcred run`.")
    record = json.loads(workspace.standings.read_text())
    try:
        views = judge_views(Settings(), workspace) if with_judge else None
    except (CandidateConfigError, JudgeRefusedError) as error:
        raise fail(error) from None
    if as_json:
        record = record if views is None else {**record, "judge": views}
        typer.echo(json.dumps(record, indent=2, sort_keys=True))
        return
    show_standings(console, record)
    if views is not None:
        show_views(console, views)
    try:
        show_baselines(console, Settings(), workspace)
    except BaselineError as error:
        raise fail(error) from None


@app.command()
def attrition(as_json: JsonOption = False) -> None:
    """How many admissions each rule excluded, for each condition."""
    import polars as pl

    from orchestration.show import show_attrition
    from orchestration.workspace import landed_modules, open_source

    path = _workspace().marts / "cohort_attrition.parquet"
    if not path.is_file():
        raise fail("There is no attrition table yet: run `medcred run`.")
    rows = pl.read_parquet(path).sort("category", "condition_id", "rule_order").to_dicts()
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        show_attrition(console, rows, landed_modules(open_source(Settings())[0]))


@scenario_set_app.command()
def digest(
    category: Annotated[str, typer.Option(help="For example: cardiology, infectious_disease.")],
    as_json: JsonOption = False,
) -> None:
    """The SHA-256 that names a category's frozen scenario set, every file verified."""
    from evaluators.scenario_sets import ScenarioSetError, read_manifest, verify_files

    sets = _workspace().scenario_set("x").parent
    known = sorted(path.parent.name for path in sets.glob("*/manifest.json"))
    folder = sets / category.strip().lower().replace(" ", "_")
    if folder.name not in known or folder.parent != sets:
        raise fail(
            f"There is no frozen set of {category!r}: "
            + (f"categories are {', '.join(known)}." if known else "run `medcred run`.")
        )
    try:
        verify_files(folder)
        manifest = read_manifest(folder)
    except ScenarioSetError as error:
        raise fail(error) from None
    if as_json:
        record = {
            "category": manifest.category,
            "sha256": manifest.digest,
            "scenarios": manifest.scenarios,
            "conditions": dict(manifest.conditions),
        }
        typer.echo(json.dumps(record, indent=2, sort_keys=True))
    else:
        typer.echo(manifest.digest)


@scenario_set_app.command("list")
def list_sets() -> None:
    """Every frozen set with its size and digest."""
    from evaluators.scenario_sets import read_manifest

    for path in sorted(_workspace().scenario_set("x").parent.glob("*/manifest.json")):
        manifest = read_manifest(path.parent)
        typer.echo(f"{manifest.digest}  {manifest.scenarios:5d}  {manifest.category}")


@app.command()
def candidates() -> None:
    """Who is examined, with the digest that identifies each."""
    from evaluators.candidates.config import CandidateConfigError, load_candidates

    try:
        for candidate in load_candidates(Settings().candidates):
            typer.echo(f"{candidate.sha256}  {candidate.id}  ({candidate.model})")
    except CandidateConfigError as error:
        raise fail(error) from None


@data_app.command()
def synth(
    target: Annotated[Path, typer.Argument(help="A folder that does not exist or is empty.")],
    patients: Annotated[int, typer.Option(help="How many patients.")] = 1500,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 20,
    modules: Annotated[
        str | None,
        typer.Option(
            help="Some of hosp, icu, ed, note, cxr, ecg, echo, pulseox, mimiciii, parted by "
            "commas. Without it: all but mimiciii (the same patients as MIMIC-III 1.4)."
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Processes; without it one a core. Same bytes anyway.")
    ] = None,
    only_changed: Annotated[
        bool,
        typer.Option(
            "--only-changed",
            help="Go on with a stopped run; in a finished release, write only what is missing, "
            "changed or new.",
        ),
    ] = False,
) -> None:
    """Write synthetic MIMIC, laid out as PhysioNet does."""
    from orchestration.progress import LiveReporter
    from sources.synthetic import DEFAULT_MODULES, SYNTHETIC_ERRORS, generate

    chosen = DEFAULT_MODULES
    if modules is not None:
        chosen = tuple(name.strip() for name in modules.split(",") if name.strip())
    try:
        with LiveReporter() as reporter, reporter.stage("Generate", patients) as stage:
            made = generate(
                target,
                patients,
                seed,
                chosen,
                on_progress=stage.update,
                threads=threads,
                only_changed=only_changed,
            )
    except SYNTHETIC_ERRORS as error:
        raise fail(error) from None
    if not made.rows:
        console.print(f"nothing to write: {made.root} is whole")
        return
    console.print(
        f"{sum(made.rows.values()):,} rows ({made.raw_bytes / 1e6:,.0f} MB of CSV) in "
        f"{len(made.rows)} tables at {made.root}",
        highlight=False,
        soft_wrap=True,
    )


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def dbt(context: typer.Context) -> None:
    """Run dbt on the active source's warehouse: `medcred dbt build --select tag:cohort`."""
    from orchestration.warehouse import dbt_environment, run_dbt
    from orchestration.workspace import (
        NoActiveSourceError,
        base_release,
        landed_modules,
        open_source,
    )
    from sources.releases import SourceError

    settings = Settings()
    try:
        source, workspace = open_source(settings)
    except (NoActiveSourceError, SourceError) as error:
        raise fail(error) from None
    workspace.marts.mkdir(parents=True, exist_ok=True)
    environment = dbt_environment(
        workspace.folder,
        release=base_release(source),
        modules=landed_modules(source),
        threads=settings.threads,
    )
    raise typer.Exit(run_dbt(context.args, environment))
