"""Whether presentations give the answer away: the leak probe's success against chance.

Belongs here: the audit of one scenario set, its margin, and the words of a refusal. Does not belong
here: how the probe reads (`evaluators.candidates.reference.leak_probe`), the rules that keep leaks
out (`dbt_project`: `int_leaks__named`). The reasons are in docs/decisions/leak-audit.md. Figures
and errors are counts and shares: never a text or an id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluators._scenario_types import LeakingSetError, PresentationSet
from evaluators.candidates.reference.briefing import NamedDiagnosis, ProbedCondition
from evaluators.candidates.reference.leak_probe import Lexicon
from evaluators.catalogue import Catalogue, Condition, OtherDiagnosis
from evaluators.encounter.protocol import Presentation

MARGIN = 0.10
"""How far above chance the probe's lower bound may lie. Complaints are not drawn by lot: chest pain
rightly speaks for some conditions of cardiology and not for others. On clean synthetic sets the
bound lies up to 0.03 above chance; a set in which one presentation in five names the target lies
above the margin from about 150 judged scenarios on."""

CONFIDENCE = 0.95
"""Of the one-sided lower bound."""

JUDGED_POLICY = "strict"
"""Leak policy of the conditions that are judged. In the others the presentation may by right hold
the condition's name (known COPD in an exacerbation, a seizure as the complaint)."""

OTHER = "other"
"""Stands for the leak policy of a diagnosis that is no target condition."""


@dataclass(frozen=True)
class Tally:
    """How often the probe was right."""

    right: int
    scenarios: int


@dataclass(frozen=True)
class LeakAudit:
    """What the probe found in one scenario set."""

    category: str
    conditions: int
    """How many the probe chose from."""
    scenarios: int
    by_policy: Mapping[str, Tally]
    """By leak policy of the target condition."""
    chance: float
    """Share of right answers without reading: 1 in `conditions`, or the commonest condition's share
    of the set if that is more."""
    margin: float = MARGIN

    @property
    def judged(self) -> Tally:
        """The scenarios in which the presentation may not name the target."""
        return self.by_policy.get(JUDGED_POLICY, Tally(0, 0))

    @property
    def accuracy(self) -> float | None:
        """Share of right answers among those judged; None when none is judged."""
        judged = self.judged
        return judged.right / judged.scenarios if judged.scenarios else None

    @property
    def lower_bound(self) -> float:
        """Exact one-sided 95 % lower bound of the accuracy (Clopper and Pearson 1934)."""
        judged = self.judged
        if not judged.right:
            return 0.0
        from scipy.stats import beta  # a third of a second: only who audits pays for it

        return float(beta.ppf(1 - CONFIDENCE, judged.right, judged.scenarios - judged.right + 1))

    @property
    def leaks(self) -> bool:
        """Whether the probe beats chance by more than the margin, beyond doubt."""
        return self.lower_bound > self.chance + self.margin

    def require_clean(self) -> None:
        """Refuse a set that leaks.

        Raises:
            LeakingSetError: with the figures.
        """
        if self.leaks:
            judged = self.judged
            raise LeakingSetError(
                f"The presentations of {self.category} give the answer away: the leak probe, which "
                f"reads nothing else, named {judged.right} of {judged.scenarios} targets (lower "
                f"bound {self.lower_bound:.2f}, chance {self.chance:.2f}, margin "
                f"{self.margin:.2f}): nothing was frozen; add the missing words to leak_terms.csv."
            )


def audit(
    category: str, cases: Sequence[tuple[Presentation, str]], catalogue: Catalogue
) -> LeakAudit:
    """Let the probe answer every case of one category.

    Args:
        category: Slug of the category.
        cases: Presentation and the id of the target condition or diagnosis, in any order.
        catalogue: Names, synonyms, differentials and leak policies of conditions.
    """
    targets = Counter(target for _, target in cases)
    known = {condition.condition_id for condition in catalogue.in_category(category)}
    choices = sorted(known | set(targets))
    tried: Counter[str] = Counter()
    right: Counter[str] = Counter()
    if cases:
        lexicon = Lexicon.of(probed_conditions(catalogue, choices))
        for presentation, target in cases:
            policy = _policy(catalogue, target)
            tried[policy] += 1
            right[policy] += choices[lexicon.best(presentation).index] == target
    return LeakAudit(
        category=category,
        conditions=len(choices),
        scenarios=len(cases),
        by_policy={name: Tally(right[name], tried[name]) for name in sorted(tried)},
        chance=max(1 / len(choices), max(targets.values()) / len(cases)) if cases else 1.0,
    )


def audit_set(frozen: PresentationSet, catalogue: Catalogue) -> LeakAudit:
    """The audit of a frozen set."""
    cases = [(shown, frozen.targets[key]) for key, shown in frozen.presentations.items()]
    return audit(frozen.manifest.category, cases, catalogue)


def probed_conditions(
    catalogue: Catalogue, condition_ids: Iterable[str]
) -> tuple[ProbedCondition, ...]:
    """Conditions and other diagnoses by the catalogue's words, in the order given."""
    return tuple(_probed(catalogue, condition_id) for condition_id in condition_ids)


def _probed(catalogue: Catalogue, condition_id: str) -> ProbedCondition:
    known = _known(catalogue, condition_id)
    if known is None:  # the stratum of a film
        words = condition_id.replace("_", " ")
        return ProbedCondition(named=NamedDiagnosis(diagnosis=words), terms=(words,))
    others = known.differentials if isinstance(known, Condition) else ()
    named = (_known(catalogue, other) for other in others)
    return ProbedCondition(
        named=NamedDiagnosis(
            diagnosis=known.name, icd10=known.icd10_prefixes[0] if known.icd10_prefixes else None
        ),
        terms=(known.name, *known.synonyms),
        differential=tuple(other.name for other in named if other is not None),
    )


def _known(catalogue: Catalogue, condition_id: str) -> Condition | OtherDiagnosis | None:
    return catalogue.conditions.get(condition_id) or catalogue.diagnoses.get(condition_id)


def _policy(catalogue: Catalogue, condition_id: str) -> str:
    condition = catalogue.conditions.get(condition_id)
    return OTHER if condition is None else condition.leak_policy
