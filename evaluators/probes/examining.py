"""One candidate examined on a set and on its variants, by the road of every examination.

Belongs here: which encounters are asked, where their journals lie, scoring them under the base set.
Does not belong here: asking (`evaluators.examine`), the paired figures (`paired`).

Encounters of the base set are taken from the examination's own journal where it has them all;
otherwise they are asked in the probe's folder. Scores are always given by the base set's scorer,
with its truths, its evidence and its patients: a variant changes what is shown and nothing else.
Each journal lies in a folder named by candidate and variant set, so that a stopped probe goes on
where it stopped, and a changed variant is asked anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluators.candidates.config import Candidate
from evaluators.catalogue import Catalogue
from evaluators.encounter.session import EncounterOverError, Limits
from evaluators.examine import Progress, examine, replay_encounters
from evaluators.journal import JOURNAL_FILE, read_journal
from evaluators.probes.errors import ProbeIncompleteError
from evaluators.probes.paired import (
    PairedResult,
    compare_pairs,
    results_as_json,
    with_holm,
)
from evaluators.probes.variant_sets import VariantSet, build, by_lot, freeze_variant
from evaluators.probes.variants import DeclaredVariant, declaration, variant_named
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.score import CaseScore, ExaminationScorer, statistics_seed

REPORT_FORMAT: Final = "medcred-probes/1"
REPORT_FILE: Final = "probes.json"
ORIGINAL: Final = "asked_again"
"""The variant that changes nothing: asked in the probe's folder, it also stands for the base."""

OnProgress = Callable[[str, Progress], None]


@dataclass(frozen=True)
class ProbeReport:
    """All variants of one candidate in one category."""

    category: str
    candidate: str
    candidate_sha256: str
    scenario_set_sha256: str
    scenarios: int
    """Asked about, of the base set."""
    results: tuple[PairedResult, ...]
    calls_made: int

    def as_json(self) -> dict[str, Any]:
        """The report in plain JSON types."""
        return {
            "format": REPORT_FORMAT,
            "category": self.category,
            "candidate": self.candidate,
            "candidate_sha256": self.candidate_sha256,
            "scenario_set_sha256": self.scenario_set_sha256,
            "scenarios": self.scenarios,
            "variants": results_as_json(self.results),
        }


@dataclass(frozen=True)
class Probe:
    """What is asked of one candidate in one category.

    `folder` is private; `examination` is the folder of the candidate's examination on the base set.
    """

    base: ScenarioSet
    candidate: Candidate
    catalogue: Catalogue
    folder: Path
    examination: Path
    limits: Limits | None = None

    async def run(
        self,
        variants: Sequence[DeclaredVariant],
        limit: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> ProbeReport:
        """Examine on base and variants, and compare.

        Args:
            variants: in the order in which they are reported.
            limit: at most so many scenarios, drawn by the SHA-256 of their ids; None: all.
            on_progress: told the variant and how far it is, after every encounter.

        Raises:
            EgressRefused: before anything is opened, if the candidate may not receive the tier.
            ProbeIncompleteError: an encounter has no answer.
            JournalError, ModelChanged: as `evaluators.examine.examine`.
        """
        category = self.base.manifest.category
        chosen = by_lot(self.base, limit)
        scorer = ExaminationScorer(self.base, category, self.catalogue)
        seed = statistics_seed(self.base.digest, category)
        calls = 0
        base = self._examined_already(chosen, scorer)
        if base is None:
            made = build(self.base, variant_named(ORIGINAL), chosen)
            base, calls = await self._asked("base", made, scorer, on_progress)
        results = []
        cases: dict[str, Mapping[str, CaseScore]] = {}
        for variant in variants:
            made = build(self.base, variant, chosen)
            freeze_variant(made, self.folder / "sets" / f"{variant.id}-{made.digest[:12]}")
            cases[variant.id], more = await self._asked(variant.id, made, scorer, on_progress)
            calls += more
            results.append(
                compare_pairs(
                    variant.id, base, cases[variant.id], made.manifest.not_applicable, seed
                )
            )
        results += [
            compare_pairs(pair.id, cases[pair.base], cases[pair.varied], {}, seed)
            for pair in declaration().contrasts
            if {pair.base, pair.varied} <= cases.keys()
        ]
        return ProbeReport(
            category=category,
            candidate=self.candidate.id,
            candidate_sha256=self.candidate.sha256,
            scenario_set_sha256=self.base.digest,
            scenarios=len(chosen),
            results=with_holm(results),
            calls_made=calls,
        )

    def _examined_already(
        self, chosen: Sequence[str], scorer: ExaminationScorer
    ) -> Mapping[str, CaseScore] | None:
        """The chosen scenarios as the examination's journal has them; None if it lacks any."""
        journal = self.examination / JOURNAL_FILE
        if not journal.is_file():
            return None
        header, replies = read_journal(journal)
        if (header.candidate_sha256, header.scenario_set_sha256) != (
            self.candidate.sha256,
            self.base.digest,
        ):
            return None
        wanted = set(chosen)
        try:
            records = replay_encounters(self.base, replies, self.catalogue, self.limits)
        except EncounterOverError:  # written under other rules: these encounters are others
            return None
        found = {
            record.scenario_id: scorer.score(record)
            for record in records
            if record.scenario_id in wanted
        }
        return found if found.keys() == wanted else None

    async def _asked(
        self,
        name: str,
        made: VariantSet,
        scorer: ExaminationScorer,
        on_progress: OnProgress | None,
    ) -> tuple[Mapping[str, CaseScore], int]:
        """The cases of one variant set, scored under the base set, and the calls made."""
        folder = self.folder / f"{name}-{self.candidate.sha256[:12]}-{made.digest[:12]}"
        done = await examine(
            made.scenario_set,
            made.manifest.category,
            self.candidate,
            folder,
            self.catalogue,
            limits=self.limits,
            on_progress=(lambda seen: on_progress(name, seen)) if on_progress else None,
        )
        if not done.complete:
            kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(done.error_kinds.items()))
            raise ProbeIncompleteError(
                f"{made.manifest.scenarios - len(done.encounters)} of {made.manifest.scenarios} "
                f"encounters of {name} have no answer (stopped by: {done.stopped or 'no stop'}; "
                f"errors: {kinds or 'none'}): run the probe again, only these are asked anew."
            )
        return {one.scenario_id: scorer.score(one) for one in done.encounters}, done.calls_made


def write_report(report: ProbeReport, folder: Path) -> Path:
    """Write the figures of a report beside its journals, replacing the file whole."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / REPORT_FILE
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(report.as_json(), indent=2, sort_keys=True) + "\n")
    aside.replace(path)
    return path
