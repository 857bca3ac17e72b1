"""The tools by name: which one an order means, and what it gives.

Belongs here: names and synonyms, and running a tool. Does not belong here: the rules of a tool (its
own module), orders of tests (`evaluators.encounter.orders`).

A name is looked up exactly, words around it ("calculate", "score") aside; a tool is never guessed.
What follows "with" or a colon states what the record cannot tell ("Wells PE with hemoptysis, no
signs of DVT").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from evaluators.encounter._order_words import QUALIFIERS
from evaluators.encounter.protocol import Presentation
from evaluators.encounter.tools._readings import Readings
from evaluators.encounter.tools._tally import ToolResult
from evaluators.encounter.tools.abdomen import bisap, glasgow_blatchford, ranson
from evaluators.encounter.tools.comorbidity import charlson
from evaluators.encounter.tools.heart import cha2ds2_vasc, heart
from evaluators.encounter.tools.kidney import anion_gap, egfr, kdigo
from evaluators.encounter.tools.liver import child_pugh, meld, meld_na
from evaluators.encounter.tools.lungs import a_a_gradient, curb65, wells_pe
from evaluators.encounter.tools.organ_failure import news2, qsofa, sofa
from evaluators.scenario_sets import EvidenceItem

RULES_VERSION = "tools/2"

_FILLERS: Final = frozenset(
    {"calculate", "compute", "calculator", "calculation", "score", "scores", "criteria", "index",
     "stage", "staging", "the", "a", "tool", "please", "run", "get", "for", "this", "patient",
     "at", "admission", "of", "risk", "severity", "mortality", "prognosis", "assessment", "and",
     "stratification", "scoring", "classification", "class", "value", "current", "grade", "to",
     "evaluate", "assess", "determine", "estimate", "based", "on", "in", "gi",
     "upper", "pneumonia", "pancreatitis", "cirrhosis", "sepsis", "stroke", "chest", "pain", "af",
     "atrial", "fibrillation", "acute", "scale", "rule", "his", "her", "using", "mdcalc"}
    | QUALIFIERS
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tool:
    """One calculator."""

    tool_id: str
    name: str
    synonyms: tuple[str, ...]
    compute: Callable[[Readings], ToolResult]


_ALL: Final = (
    Tool("tool_sofa", "SOFA", ("sequential organ failure assessment",), sofa),
    Tool("tool_qsofa", "qSOFA", ("quick sofa",), qsofa),
    Tool("tool_news2", "NEWS2", ("news", "national early warning score", "news 2"), news2),
    Tool("tool_meld", "MELD", ("model for end stage liver disease",), meld),
    Tool("tool_meld_na", "MELD-Na", ("meld sodium", "meld na"), meld_na),
    Tool("tool_child_pugh", "Child-Pugh",
         ("child turcotte pugh", "ctp", "child class"), child_pugh),
    Tool("tool_curb65", "CURB-65", ("curb65", "curb 65"), curb65),
    Tool("tool_wells_pe", "Wells PE",
         ("wells", "wells pulmonary embolism", "wells score for pe", "wells for pe"), wells_pe),
    Tool("tool_heart", "HEART", ("heart pathway",), heart),
    Tool("tool_cha2ds2_vasc", "CHA2DS2-VASc",
         ("chads2 vasc", "chads vasc", "chadsvasc", "cha2ds2vasc", "chads2"), cha2ds2_vasc),
    Tool("tool_bisap", "BISAP", (), bisap),
    Tool("tool_ranson", "Ranson at admission", ("ranson", "ransons", "ranson s"), ranson),
    Tool("tool_kdigo", "KDIGO stage", ("kdigo", "kdigo aki", "aki kdigo"), kdigo),
    Tool("tool_anion_gap", "Corrected anion gap",
         ("albumin corrected anion gap", "corrected ag", "albumin corrected ag",
          "anion gap corrected", "anion gap corrected for albumin",
          "anion gap with albumin correction"), anion_gap),
    Tool("tool_a_a_gradient", "A-a gradient, calculated",
         ("calculated a a gradient", "a a gradient calculation", "calculated aa gradient"),
         a_a_gradient),
    Tool("tool_egfr", "eGFR CKD-EPI 2021",
         ("ckd epi", "egfr ckd epi", "ckd epi egfr", "ckd epi 2021", "calculated egfr"), egfr),
    Tool("tool_glasgow_blatchford", "Glasgow-Blatchford",
         ("gbs bleeding", "blatchford", "blatchford bleeding", "glasgow blatchford bleed",
          "glasgow blatchford bleeding"), glasgow_blatchford),
    Tool("tool_charlson", "Charlson",
         ("cci", "charlson comorbidity", "charlson comorbidity index"), charlson),
)  # fmt: skip
TOOLS: Final[Mapping[str, Tool]] = MappingProxyType({tool.tool_id: tool for tool in _ALL})
"""Every tool by its id."""

_ALONE: Final = frozenset({"heart", "news", "wells", "ctp", "cci", "gbs"})
"""Names that are everyday words or abbreviations: they need a word such as "score" beside them."""


def tool_of(wording: str) -> Tool | None:
    """The tool that an order names; None when it names none."""
    head = re.split(r"\bwith\b|\busing\b|\bgiven\b|:|\(", wording.casefold(), maxsplit=1)[0]
    heads = [wording.casefold(), head]
    if "dvt" not in heads[0] and "deep" not in heads[0]:  # Wells has a score for clots of the leg
        heads.append(re.split(r"\b(?:to|for|in|on|based)\b", head, maxsplit=1)[0])
    for text in heads:
        words = re.sub(r"[^a-z0-9]+", " ", text).split()
        kept = " ".join(word for word in words if word not in _FILLERS)
        found = _names().get(kept) or _names().get(" ".join(words))
        if found is not None:
            if kept in _ALONE and not set(words) & {
                "score",
                "scores",
                "criteria",
                "index",
                "class",
            }:
                return None
            return found
    return None


def run_tool(
    tool: Tool,
    evidence: Iterable[EvidenceItem],
    clock_hours: float,
    presentation: Presentation,
    wording: str,
) -> ToolResult:
    """What the tool gives on what is visible at `clock_hours`."""
    return tool.compute(Readings(evidence, clock_hours, presentation, wording))


@cache
def _names() -> Mapping[str, Tool]:
    names: dict[str, Tool] = {}
    for tool in _ALL:
        for phrase in (tool.name, *tool.synonyms):
            words = re.sub(r"[^a-z0-9]+", " ", phrase.casefold()).split()
            for key in (" ".join(words), " ".join(w for w in words if w not in _FILLERS)):
                names.setdefault(key, tool)
    return names
