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
    performing do run want would like we will to need needs should let us me level levels
    value values result results measurement measurements test tests testing lab labs panel
    study studies assay initial baseline routine formal portable bedside ap pa lateral view
    views upright supine set sets another new current further also additional standard
    screening patient patients on in from as next more with is are show give provide include
    including
    """
)
LEADING = QUALIFIERS | {"a", "an", "i"}
REPETITION = re.compile(
    r"\b(?:[123]|one|two|three) (?:sets?|views?|times)\b|\bx ?\d+\b|\b\d+ ?x\b"
    r"|\bq ?\d+ ?h(?:r|rs|ours?)?\b"
    r"|\b(?:in|every|after|within) \d+(?:-\d+)? ?(?:h|hr|hrs|hours?|min|minutes?|days?)\b"
)
REASON = re.compile(
    r"\b(?:to (?:rule|evaluate|assess|look|check|exclude|confirm|screen|monitor|determine|guide|"
    r"see|help|identify|detect|quantify|trend|follow)|for|given|because|due to|since|if|in case|"
    r"looking|evaluate|evaluating|rule out|r/o|as part of|in order to|concern)\b"
    r"|[:\u2013\u2014]| - "
)
PARENTHESES = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
LEAD = re.compile(r"^\s*(?:\d{1,2}[.)]\s+|[-*\u2022\u00b7]\s*)")
CONTRAST = re.compile(
    r"\b(?:with(?: and without)?|without(?: and with)?) (?:oral |iv |intravenous )*contrast\b"
)
BLOOD = ("serum", "plasma", "blood", "venous")
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
