"""Routes and doses that tell apart actions of one drug: drip or flush, muscle or vein, skin.

Belongs here: which of the matched actions a route, form or dose in the same part rules out. Does
not belong here: matching (`actions`), harm by dose (`evaluators.scoring.doses`).

Prophylactic enoxaparin is 40 mg a day or 30 mg twice a day, heparin 5,000 units under the skin
(2012 ACCP antithrombotic guideline, prevention of VTE); epinephrine for anaphylaxis is 0.3 to
0.5 mg in the muscle (2023 AAAAI/ACAAI anaphylaxis practice parameter).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

from evaluators.encounter._wording import spelled

_TREATMENT: Final = frozenset({"drug_heparin_iv", "drug_lmwh_treatment", "drug_anticoag_any"})
_PROPHYLAXIS: Final = "drug_dvt_prophylaxis"
_INJECTED: Final = re.compile(
    r"\b(?:heparin|hep|ufh|sqh|enoxaparin|lovenox|dalteparin|fragmin|fondaparinux|arixtra|lmwh)\b"
)
_PREVENTS: Final = re.compile(
    r"\b(?:prophyla\w*|ppx|dvt ppx|sqh|hsq)\b|\b5,?000 ?(?:units?|u)?\b(?!.*\b(?:bolus|iv)\b)"
    r"|\bheparin\b.*\b(?:sc|sq|subq|subcut\w*|sub-?cutaneous\w*)\b"
    r"|\b(?:sc|sq|subq|subcut\w*|sub-?cutaneous\w*)\b.*\bheparin\b"
    r"|\b(?:enoxaparin|lovenox)\b[a-z ]*\b(?:30|40) ?(?:mg)?\b(?! ?/ ?kg)"
    r"|\b(?:30|40) ?mg\b.*\b(?:enoxaparin|lovenox)\b|\b(?:fondaparinux|arixtra) 2\.5\b"
)
_TREATS: Final = re.compile(
    r"\b(?:drip|gtt|infusion|therapeutic|treatment|full.dose|bolus|iv|unfractionated|ufh)\b"
    r"|/ ?kg\b|\b(?:5|[6-9])0 ?mg\b|\b1[0-9]0 ?mg\b|\b1 ?mg/kg\b"
)
_FLUSHED: Final = re.compile(
    r"\b(?:flush\w*|lock|dwell|patency|catheter clearance|cathflo|to clear)\b"
)
_MUSCLE: Final = re.compile(
    r"\b(?:im|intramuscular\w*|thigh|deltoid|auto-?injector|epi ?pen)\b|\b0\.[35] ?mg\b"
)
_VEIN: Final = re.compile(
    r"\b(?:iv|ivp|drip|gtt|infusion|push|intravenous\w*|mcg/min|mcg/kg/min)\b"
)
_RUNS: Final = re.compile(r"\b(?:drip|gtt|infusion|mcg/min|mcg/kg/min)\b")
_LOCAL: Final = re.compile(
    r"\b(?:cream|ointment|oint|lotion|(?:eye|ear|otic|ophthalmic)(?: ?drops?)?|ophth\w*|otic|drops|"
    r"gel|swish|topical\w*|racemic|lidocaine with|for laceration)\b"
)
_WATCHES: Final = re.compile(
    r"^\W*(?:stat\s+)?(?:check|monitor\w*|recheck|re-check|trend\w*|measure|follow|watch|send|draw)\b"
)
_DOES: Final = re.compile(
    r"^\W*(?:give|start|transfuse|administer|begin|initiate|add|continue|replete|replace|treat|use)\b"
)
_EPINEPHRINE: Final = frozenset({"drug_epinephrine_iv", "drug_epinephrine_im"})


def by_route(part: str, found: AbstractSet[str]) -> set[str]:
    """`found` without what the route, form or dose in `part` rules out."""
    kept = set(found)
    drugs = {one for one in kept if one.startswith("drug_")}
    if not drugs:
        return kept
    text = spelled(part)
    if _FLUSHED.search(text):
        kept -= {*_TREATMENT, _PROPHYLAXIS, "drug_thrombolysis", "drug_crystalloid"}
    if _LOCAL.search(text):
        return kept - drugs
    if _INJECTED.search(text) and kept & {*_TREATMENT, _PROPHYLAXIS}:
        if _PREVENTS.search(text):
            kept -= _TREATMENT
        elif _TREATS.search(text):
            kept.discard(_PROPHYLAXIS)
    if kept & _EPINEPHRINE:
        kept = _epinephrine(text, kept)
    return kept


def _epinephrine(text: str, kept: set[str]) -> set[str]:
    if "norepinephrine" in text or "norepi" in text:
        return kept
    is_muscle, is_vein = bool(_MUSCLE.search(text)), bool(_VEIN.search(text))
    if is_muscle and not is_vein:
        return kept - {"drug_epinephrine_iv", "drug_vasopressor_any"}
    if is_vein and not is_muscle:
        kept = kept - {"drug_epinephrine_im"}
        return kept if _RUNS.search(text) else kept - {"drug_vasopressor_any"}
    return kept


def is_only_watched(part: str, before: bool) -> bool:
    """Whether a part only looks (`check platelets`); goes on until something is done."""
    text = part.lower()
    if _WATCHES.search(text):
        return True
    return before and not _DOES.search(text)
