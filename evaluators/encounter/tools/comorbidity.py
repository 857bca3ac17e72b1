"""Chronic disease: the Charlson index.

Belongs here: what was known before this visit. Does not belong here: anything of this visit; its
own diagnoses are never read.
"""

from __future__ import annotations

from evaluators.encounter.tools._readings import Readings
from evaluators.encounter.tools._tally import Tally, ToolResult

_DISEASES = (
    ("myocardial infarction", r"myocardial infarction|\bMI\b", 1),
    ("heart failure", r"heart failure", 1),
    ("peripheral vascular disease", r"peripheral vascular|aortic aneurysm|claudication", 1),
    ("cerebrovascular disease",
     r"stroke|cerebral infarction|transient (?:cerebral )?isch|cerebrovascular|\bTIA\b", 1),
    ("dementia", r"dementia|alzheimer", 1),
    ("chronic pulmonary disease",
     r"chronic obstructive|\bCOPD\b|emphysema|asthma|chronic bronchitis|chronic airway", 1),
    ("connective tissue disease",
     r"rheumatoid|lupus|polymyalgia|scleroderma|connective tissue", 1),
    ("peptic ulcer disease", r"(?:peptic|gastric|duodenal) ulcer", 1),
)  # fmt: skip
_GRADED = (
    ("liver disease",
     (r"variceal|portal hypertension|hepatic encephalopathy|hepatorenal|ascites", 3),
     (r"cirrhosis|chronic hepatitis|liver disease", 1)),
    ("diabetes",
     (r"diabet\w*[^;|\n]*(?:complication|nephropath|neuropath|retinopath|manifestation)", 2),
     (r"diabet", 1)),
    ("malignancy",
     (r"metasta|secondary malignant", 6),
     (r"malignant neoplasm|cancer|carcinoma|lymphoma|leukemia|myeloma", 2)),
)  # fmt: skip
_SEVERE = (
    ("hemiplegia", r"hemipleg|parapleg|quadripleg", 2),
    ("moderate or severe kidney disease",
     r"chronic kidney disease|end stage renal|chronic renal|renal dialysis", 2),
    ("AIDS", r"\bAIDS\b|human immunodeficiency virus \[?HIV\]? disease", 6),
)  # fmt: skip


def charlson(readings: Readings) -> ToolResult:
    """Charlson comorbidity index with age, from past diagnoses and past history, 0 to 41.

    One point a decade from 50 on, at most 4. Source: Charlson et al., J Chronic Dis 1987;40:373;
    with age: Charlson et al., J Clin Epidemiol 1994;47:1245. The words that stand for a disease are
    ours.
    """
    tally = Tally("Charlson")
    for name, pattern, weight in (*_DISEASES, *_SEVERE):
        found = readings.history(pattern)
        tally.add(name, found, found and weight * found.number, most=weight)
    for name, (severe, much), (mild, little) in _GRADED:
        strong, weak = readings.history(severe), readings.history(mild)
        points = None
        if strong is not None and weak is not None:
            points = float(much if strong.number else little if weak.number else 0)
        tally.add(name, strong or weak, points, most=much)
    age = readings.age()
    tally.add("age", age, float(min(4, max(0, (int(age.number) - 40) // 10))), most=4)
    return tally.score()
