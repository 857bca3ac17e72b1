"""What stands around an order in a sentence: openings, "including", verbs that name no test.

Belongs here: taking a line apart before its orders are read, as patterns over its text. Does not
belong here: reading what is left (`orders`, `_order_reading`), lists of words (`_order_words`).
"""

from __future__ import annotations

import re

# Before an order: `Given his hypotension, check a lactate`; `For chest pain: ECG`.
_LEADING_REASON = re.compile(
    r"^((?:given|because(?: of)?|since|due to|in (?:the )?(?:light|view|setting) of|for|"
    r"considering|based on|as (?:he|she|the|this|there|part)|with concern|"
    r"concern(?:ed|ing)? for|if|to (?:rule|evaluate|assess|look|exclude|"
    r"confirm|screen|monitor|determine|guide|identify|"
    r"detect|further|better|investigate|complete|start|begin|workup|work))\b)([^,:;]*)[,:]\s*",
    re.I,
)
_INCLUDING = re.compile(
    r"[,(]?\s*\b(?:including|includes?|incl|inclusive of|to include|consisting of|comprising|"
    r"such as|i\.?e|e\.?g)\b[.,:]?\s*",
    re.I,
)
# A dose, a route or a drip: then the words name a treatment, not the test of the same name.
_TREATMENT = re.compile(
    r"\b\d+(?:[.,]\d+)? ?(?:mg|g|gm|grams?|mcg|ug|meq|mmol|units?|iu|ml|cc|liters?|amps?|tabs?|"
    r"tablets?|puffs?|packs?|bags?|l(?! ?(?:ecg|ekg|lead)))\b"
    r"|\b(?:gtt|drip|infusions?|bolus|nebs?|nebuli[sz]er|inhaler|supplement(?:ation|s)?|"
    r"replacement|repletion|tablets?|transfusion|transfuse|sliding scale|vaccine|prophylaxis|"
    r"consult(?:ation)?|referral)\b",
    re.I,
)
_BEGINNING = re.compile(
    r"^(?:please )?(?:start|begin|initiate|give|continue|resume|place|put)"
    r"(?: (?:the |this )?patient| him| her)?(?: on)? (?:(?:a|an|the|home) )?",
    re.I,
)
# `check for edema`: what is looked for is the order.
_BEFORE = r"^(?:please |also |then )?"
_LOOKS = r"check|look|assess|evaluate|screen|test|send"
_EXAMINES = r"examine|inspect|listen|palpate|feel|auscultate|percuss|exam"
_WHOM = r"(?: (?:him|her|(?:the )?patient))?"
_ASKS = (
    r"^(?:(?:do|does|did) (?:the patient|this patient|patient|he|she|they) have|(?:is|are) there)"
)
_MODIFIERS = r"(?:(?:the|any|a|presence|signs?|evidence|of|new|his|her) )*"
_SOUGHT = re.compile(
    rf"(?:{_BEFORE}(?:{_LOOKS}|{_EXAMINES}){_WHOM} (?:for|at|to)|{_ASKS}) {_MODIFIERS}", re.I
)
# Diseases whose letters are a test as well: an embolism is no physical examination, peritonitis no
# blood pressure, a stroke no tenderness of the back, a stenosis no filler, myasthenia no magnesium.
_DISEASE_SOUGHT = re.compile(
    rf"(?:{_BEFORE}(?:{_LOOKS}){_WHOM} for|{_ASKS}) {_MODIFIERS}(?:acute )?"
    r"(?:pe|pulmonary embol\w+|sbp|cva|as|mg)\W*$",
    re.I,
)
_REASONED = re.compile(
    r"\b(?:for|rul(?:e|ing) out|r/o|to (?:check|exclude|evaluate|assess|look)|concern\w*|"
    r"suspect\w*|suspicion|possible|likely|versus|vs)\b[^:]*$",
    re.I,
)
_DISEASE = re.compile(r"(?:acute )?(?:pe|pulmonary embol\w+|cva|as)\W*", re.I)
# What a patient has and an examination finds: named after a reason, it is one more reason.
_SIGN = re.compile(
    r"(?:(?!for\b|check\b|assess\b)\w+ ){0,3}(?:edema|swelling|rash|petechiae|purpura|"
    r"ecchymos[ei]s|bruis\w+|mottling|murmurs?|gallops?|bruits?|jvd|fevers?|pain|tenderness|"
    r"disten[st]ion|guarding|rebound|rigidity|peritoneal signs|stiffness|mening\w+|wheez\w+|"
    r"crackles|rales|rhonchi|stridor|retractions|droop|deficits?|weakness|asterixis|nystagmus|"
    r"ptosis|clonus|icterus|(?:hepato|spleno|hepatospleno)megaly|mass(?:es)?|crepitus|melena|"
    r"cachexia|suicidal\w*(?: ideation)?)\W*",
    re.I,
)
_EXAMINING = re.compile(rf"\b(?:{_EXAMINES})", re.I)
_EXAM_OF = re.compile(
    r"^(?:please |perform |do |a |an |obtain |focused |targeted |directed |brief |detailed |"
    r"bedside |repeat |complete |full |thorough )*(?:physical )?exam(?:ination)?s?\s*"
    r"(?:[:(\u2013\u2014]| - |of(?: the)?\b|for\b|,? (?:with )?(?:particular |special )?(?:focus|"
    r"attention|emphasis) (?:on|to)(?: the)?\b|,? focus(?:ed|ing|sing)? on(?: the)?\b|"
    r"specifically\b)\s*(.+?)\)?$",
    re.I,
)
_PUNCTURE = re.compile(
    r"^(.+?)(?:,? (?:and )?(?:to )?send(?:ing)?(?: for)?\b|\bwith\b|\bfor\b|[:(])\s*(.+?)\)?$", re.I
)


def leading_reason(line: str) -> tuple[str, str]:
    """What a leading reason says, without the words that open it, and the line after it."""
    found = _LEADING_REASON.match(line)
    return (found.group(2).strip(), line[found.end() :]) if found else ("", line)


def parted_at_including(line: str) -> tuple[str, str] | None:
    """What stands before and after "including"; None without it, or with nothing before it."""
    found = _INCLUDING.search(line)
    if found is None or not line[: found.start()].strip() or found.group().startswith("("):
        return None  # in parentheses it is a remark
    return line[: found.start()].strip(), line[found.end() :].strip(" ).")


def is_treatment(text: str) -> bool:
    """Whether a dose, a drip or a consult stands in the words: they ask for no test."""
    return _TREATMENT.search(text) is not None


def begun(text: str) -> str:
    """What is to be started or continued; empty when nothing is."""
    found = _BEGINNING.match(text)
    return text[found.end() :] if found else ""


def sought(text: str) -> str:
    """What is to be looked for: `edema` of "check for edema"; empty when nothing is."""
    found = _SOUGHT.match(text)
    return text[found.end() :] if found and not seeks_disease(text) else ""


def seeks_disease(text: str) -> bool:
    """Whether a disease is looked for by letters that some test has, too: `check for PE`."""
    return _DISEASE_SOUGHT.match(text) is not None


def goes_on_reasoning(before: str, text: str) -> bool:
    """Whether `text` is one more disease or sign of the reason before it: `for DVT / PE`."""
    if not _REASONED.search(before):
        return False
    if _DISEASE.fullmatch(text):
        return True
    is_examined = _EXAMINING.search(before) or _SOUGHT.match(before)
    return not is_examined and _SIGN.fullmatch(text) is not None


def exam_of(text: str) -> str:
    """The parts of the body of `physical exam: heart, lungs`; empty when it is no such order."""
    found = _EXAM_OF.match(text)
    return found.group(1) if found else ""


def puncture(text: str) -> tuple[str, str] | None:
    """A procedure and what is to be sent: `LP for cell count`; None when it is no such order."""
    found = _PUNCTURE.match(text)
    if found is None:
        return None
    sent = found.group(2)
    return found.group(1), sent + ")" * (sent.count("(") > sent.count(")"))
