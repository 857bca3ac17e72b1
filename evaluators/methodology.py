"""The methodology: everything that a result depends on besides scenarios, candidate and replies.

Belongs here: its description and its digest, which every score carries. Does not belong here: any
rule. Two results may be compared only under the same digest.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from evaluators.canonical import sha256_file, sha256_json
from evaluators.catalogue import Catalogue, load_catalogue
from evaluators.encounter.methodology import encounter_methodology
from evaluators.encounter.protocol import PROTOCOL_VERSION
from evaluators.judge.prompt import judge_methodology
from evaluators.scoring.statistics import CONFIDENCE, RESAMPLES, SIGNIFICANCE

SCORING_VERSION: Final = "scoring/2"
SCORING_FOLDER: Final = Path(__file__).parent / "scoring"


def methodology(catalogue: Catalogue | None = None) -> dict[str, Any]:
    """The methodology in plain JSON types.

    Scoring enters by the SHA-256 of each of its files, code and rule tables alike, so that no
    change of a rule can go unnoticed; `scoring` names the version in words. The judge's prompt
    enters too: it changes no point, but what is shown beside them.
    """
    used = catalogue or load_catalogue()
    return {
        "format": "medcred-methodology/1",
        "protocol": PROTOCOL_VERSION,
        "encounter": encounter_methodology(catalogue=used),
        "scoring": SCORING_VERSION,
        "scoring_files": {
            path.relative_to(SCORING_FOLDER).as_posix(): sha256_file(path)
            for path in sorted(SCORING_FOLDER.rglob("*"))
            if path.suffix in (".py", ".yml")
        },
        "judge": judge_methodology(),
        "statistics": {
            "resamples": RESAMPLES,
            "confidence": CONFIDENCE,
            "significance": SIGNIFICANCE,
        },
        "catalogue_sha256": used.sha256,
    }


def methodology_sha256(catalogue: Catalogue | None = None) -> str:
    """Hex SHA-256 of the canonical form of `methodology`."""
    return _digest(catalogue or load_catalogue())


@cache
def _digest(catalogue: Catalogue) -> str:
    return sha256_json(methodology(catalogue))
