"""Words and patterns by which the wording of an order is read.

Belongs here: qualifiers, reasons, separators, words that tell tests apart. Does not belong here:
the rules that use them (`orders`), names of tests (the catalogue).
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that do not change which test is meant. `complete`, `full` and `total` do.
QUALIFIERS = _words(
    """
    stat asap urgent urgently emergent emergently immediate immediately now today repeat
    repeated repeating serial trend trending trended recheck again daily check checking order
    ordering get obtain obtaining send sending draw drawing please request requesting perform
    performing do run want would like we will to need needs should me level levels
    value values result results measurement measurements test tests testing lab labs panel
    study studies assay initial baseline routine formal portable bedside ap pa lateral view
    views upright supine set sets another new current further also additional standard
    screening patient patients on in from as next more with is are show give provide include
    including id can you could kindly also place each time same day morning am
    """
)
LEADING = QUALIFIERS | {"a", "an", "i", "some"}
REPETITION = re.compile(
    r"\b(?:[123]|one|two|three) (?:sets?|views?|times)\b|\bx ?\d+\b|\b\d+ ?x\b"
    r"|\bq ?\d+ ?h(?:r|rs|ours?)?\b"
    r"|\bq ?\d+(?:-\d+)? ?(?:m|min|mins|minutes?|d|days?)\b|\bq ?(?:am|pm|day|hour|shift|daily)\b"
    r"|\b(?:at|in|every|after|within)? ?\d+(?:-\d+)?(?: ?(?:and|&|/) ?\d+)?"
    r" ?(?:h|hr|hrs|hours?|min|mins|minutes?|days?)\b(?: later\b)?"
    r"|#\d+\b|\b\d/\d ?h\b|\b\d+(?:st|nd|rd)\b"
)
REASON = re.compile(
    r"\b(?:to (?:rule|evaluate|assess|look|check|exclude|confirm|screen|monitor|determine|guide|"
    r"see|help|identify|detect|quantify|trend|follow)|for|given|because|due to|since|if|in case|"
    r"looking|evaluate|evaluating|eval (?:for|of)|rule out|r/o|as part of|in order to|concern|"
    r"after|before|prior to|post|pre|while|when|until|during|following|on|from|at|per|via)\b"
    r"|[:\u2013\u2014<>?]| - "
)
# A reason that begins so may tell the specimen: what follows is looked at before it is dropped.
TELLING_REASON = re.compile(r"^(?:on|from|at|via|per|when|following)\b")
WITH = re.compile(r"\bwith\b")
# Before anything is compared: ways to write "with" and "without contrast".
SPELLED_OUT = (
    (
        re.compile(r"\bw(?:ith)? ?/ ?(?:and )?w/?o\b|\bw/ ?and w/o\b|\bw/wo\b", re.I),
        "with and without",
    ),
    (
        re.compile(r"\bw/?o(?= (?:iv |po |oral )*(?:contrast|con|gad|gadolinium)\b|$)", re.I),
        "without",
    ),
    (
        re.compile(r"\bnon[ -]?con(?:t(?:rast)?)?\b(?:(?= *$)|(?! contrast))", re.I),
        "without contrast",
    ),
    (re.compile(r"\bw(?= [a-zA-Z])", re.I), "with"),
    (re.compile(r"\b(with|without) (?:iv )?(?:gad|gadolinium|con)\b", re.I), r"\1 contrast"),
    (re.compile(r"\b(with and without|without)$", re.I), r"\1 contrast"),
    (
        re.compile(r"\bpo (?:and|&|/|\+) ?iv contrast\b|\biv (?:and|&|/|\+) ?po contrast\b", re.I),
        "iv contrast",
    ),
    (re.compile(r"\bw ?/ ?(?=[a-z])", re.I), "with "),
    (
        re.compile(
            r"\b([cf]bc) ?(?:/|\+|&|and) ?(?:auto(?:mated)? |manual )?diff(?:erential)?\b", re.I
        ),
        r"\1 with diff",
    ),
    (re.compile(r"\b([cf]bc) diff\b", re.I), r"\1 with diff"),
    (re.compile(r"\bu ?/ ?s\b", re.I), "ultrasound"),
    (re.compile(r"\bx ?- ?ra?e?y\b", re.I), "xray"),
)
# An order that begins so asks for no test; what is joined to it by "and" does not either.
NO_ORDER = re.compile(
    r"^(?:please )?(?:replete|replace|cancel|hold|discontinue|stop|avoid|no|not|dont|do not|defer|"
    r"transfuse|start|administer|bolus|infuse|d/c|skip|decline|refuse)\b"
)
# What may not follow "with" in silence: it would be another study.
TELLING = frozenset(
    [
        "contrast",
        "angiogram",
        "angiography",
        "perfusion",
        "biopsy",
        "drainage",
        "guided",
        "stress",
        "culture",
        "stain",
        "intervention",
        "aspiration",
        "venogram",
        "cytology",
    ]
)
# Words that are spelled well and mean something that is no test of the catalogue.
OTHER_WORDS = frozenset(
    [
        "lactase",
        "lactose",
        "cortisone",
        "creatine",
        "calcitonin",
        "procalcitonin",
        "amylose",
        "renin",
        "aldosterone",
        "insulin",
        "prealbumin",
        "calprotectin",
        "elastase",
        "aldolase",
        "gastrin",
        "copper",
        "zinc",
        "selenium",
        "ceruloplasmin",
        "adenovirus",
        "rotavirus",
        "enterovirus",
        "toxoplasma",
        "lupus",
        "leptin",
        "peptide",
        "lipoprotein",
        "apolipoprotein",
        "prothrombin",
        "transfusion",
        "catheter",
        "dilation",
        "dialysis",
        "biopsy",
        "consult",
        "admission",
        "chest",
        "chloride",
        "phosphate",
        "sulfate",
        "gluconate",
        "replacement",
        "repletion",
        "drip",
        "infusion",
        "bolus",
        "protein",
    ]
)
PARENTHESES = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
LEAD = re.compile(r"^\s*(?:\d{1,2}[.)]\s+|[-*\u2022\u00b7]\s*)")
CONTRAST = re.compile(
    r"\b(?:with(?: and without)?|without(?: and with)?) (?:oral |iv |intravenous )*contrast\b"
)
BLOOD = frozenset({"serum", "plasma", "blood", "venous", "whole"})
DIVIDING = _words(
    """
    urine serum pleural ascites ascitic peritoneal joint synovial stool blood direct indirect
    total ionized without arterial venous upper lower right left percent absolute antibody
    antigen viral culture surface level ratio index calculated conjugated unconjugated
    quantitative qualitative kappa lambda alpha gamma random fasting
    """
)
FLUIDS = _words(
    """
    urine urinary csf pleural ascites ascitic peritoneal joint synovial stool
    """
)
# Strong separators always divide; weak ones divide where no longer name spans them.
STRONG = re.compile(r"[;\n\r|]+|(?:^|\s)\d{1,2}[.)]\s+")
WEAK = re.compile(
    r"\s*(,|\+(?!\+)(?=\s*[A-Za-z])|/|&|\band/or\b|\band\b|\bplus\b|\balong with\b|\bas well as\b"
    r"|\bthen\b|\bor\b)\s*",
    re.IGNORECASE,
)

# The fluid that is meant by what follows "with" after a panel: `UA with culture`.
IMPLIED_FLUIDS = {"panel_ua": "urine", "panel_csf": "csf"}
# Kinds of tests that are written side by side without a comma.
RUN_KINDS = frozenset({"lab", "panel", "micro", "imaging", "ecg"})


def spelled_out(text: str) -> str:
    """`text` with the ways of writing "with", "without contrast" and "x-ray" made one."""
    for pattern, words in SPELLED_OUT:
        text = pattern.sub(words, text)
    return text
