"""Nobody judges himself: whom a judge must not judge.

Belongs here: the rule, by what both entries declare and by the model ids that really answered. Does
not belong here: whether the judge may see the data (`evaluators.candidates.egress`).

A model prefers its own answers and those of its relatives (Panickssery et al. 2024, "LLM evaluators
recognize and favor their own generations"). The family is declared, not guessed from names; who
declares none cannot be judged.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from evaluators.candidates.config import Candidate
from evaluators.judge.config import Judge

_DIGEST = re.compile(r"[A-Za-z0-9+/=_-]{16,}")
"""What in a statement of assurance can name weights: hexadecimal or base64, not a word."""


class JudgeIsExaminee(ValueError):
    """The judge is the candidate that is judged, or of its family."""


def refuse_examinee(judge: Judge, candidate: Candidate) -> None:
    """Accept `judge` for the answers of `candidate`, or refuse it.

    Refused are the same model id (whatever the provider before it), so also the same model at one
    endpoint; the same weights or runtime digest; the same family, or one that contains the other
    (`llama-3` and `llama-3.3`); and a candidate whose family is not declared. Reference candidates
    are code of this repository and of no family.

    Raises:
        JudgeIsExaminee: naming the two and why.
    """
    if _bare(judge.model) == _bare(candidate.model):
        raise _refusal(judge, candidate.id, "both are the same model id")
    if _digests(judge) & _digests(candidate):
        raise _refusal(judge, candidate.id, "both name the same weights digest")
    if candidate.is_reference:
        return
    if candidate.family is None:
        raise JudgeIsExaminee(
            f"judge '{judge.id}' cannot judge '{candidate.id}': the candidate declares no family, "
            "so nobody knows that they are not one; add `family` to its entry in "
            f"{candidate.declared_in} (its digest does not change)"
        )
    if _is_one_family(judge.family or "", candidate.family):
        raise _refusal(judge, candidate.id, "both are of the same family")


def refuse_model(judge: Judge, answered: str | None, examinee: Collection[str]) -> None:
    """Refuse a judge whose endpoint turns out to run the model that gave the candidate's answers.

    Args:
        judge: Who judges.
        answered: Model id of the judge's reply, as its endpoint says.
        examinee: Model ids of the candidate's replies.

    Raises:
        JudgeIsExaminee: when they are one.
    """
    if answered is not None and _bare(answered) in {_bare(model) for model in examinee}:
        raise _refusal(judge, None, "its endpoint answers with the candidate's own model id")


def _refusal(judge: Judge, candidate_id: str | None, why: str) -> JudgeIsExaminee:
    whom = f"'{candidate_id}'" if candidate_id else "this candidate"
    return JudgeIsExaminee(
        f"judge '{judge.id}' cannot judge {whom}: {why}; name another judge in {judge.declared_in}"
    )


def _bare(model: str) -> str:
    """The model's own name, without provider or owner before it."""
    return model.rpartition("/")[2].casefold()


def _digests(one: Candidate) -> frozenset[str]:
    return frozenset(_DIGEST.findall(one.assurance.evidence or ""))


def _is_one_family(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return long == short or (long.startswith(short) and long[len(short)] in ".-")
