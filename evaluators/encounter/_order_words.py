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
    id can you could kindly also place each time same day morning am tomorrow tonight evening
    pm overnight hourly once twice lets let have its his her their this that here soon possible
    available if done already yet then first second next recommend suggest consider
    arrange schedule proceed obtained collect collected measure measured add addon go ahead
    monitor monitoring follow followup up right away result resulted reported reading readings
    determination off what earlier sample existing periphery checks quick needed by bid tid
    qid prn clinical lat ill well ive at q
    """
)
LEADING = QUALIFIERS | {"a", "an", "i", "some", "ok", "okay", "he", "she", "they", "it"}
_UNIT = r"(?:h|hr|hrs|hours?|min|mins|minutes?|days?)\b"
_NEXT = r" ?(?:, ?and|, ?then|,|and|then|&|/) ?(?:(?:at|in|after) )?\d{1,3}"
REPETITION = re.compile(
    r"\b(?:[123]|one|two|three) (?:sets?|views?|times)\b|\bx ?\d+\b|\b\d+ ?x\b"
    r"|\bx ?\d+ ?(?:h|hrs?|hours?|d|days?)\b"
    r"|\bq ?\d+ ?h(?:r|rs|ours?)?\b"
    r"|\bq ?\d{1,2}\b(?! ?[a-z])|\bq ?\d+(?:-\d+)? ?(?:m|min|mins|minutes?|d|days?)\b"
    r"|\bq ?(?:am|pm|day|hour|shift|daily)\b"
    # The hours themselves: `0, 3, 6 h`, `at 3 and 6 hours`.
    rf"|\b(?:(?:at|in|after) \d{{1,3}}|0)(?: ?{_UNIT})?(?:{_NEXT}(?: ?{_UNIT})?)*{_NEXT} ?{_UNIT}"
    r"|\b0/\d{1,2}/\d{1,2}\b"
    r"|\b(?:at|in|every|after|within)? ?\d+(?:-\d+)?(?: ?(?:and|&|/) ?\d+)?"
    rf" ?{_UNIT}(?: later\b)?"
    r"|#\d+\b|\b\d/\d(?:/\d)? ?h(?:r|rs|ours?)?\b|\b\d+(?:st|nd|rd)\b"
    r"|\b(?:at |by )?\d{1,2}(?::\d\d)? ?[ap]\.?m\b\.?|\bat \d{4}\b|\b\d{4} ?h(?:rs|ours)\b"
    r"|\b(?:every|each) (?:other )?(?:day|morning|hour|shift|evening|night)\b|\bdaily\b"
)
REASON = re.compile(
    r"\b(?:to (?:rule|evaluate|assess|look|check|exclude|confirm|screen|monitor|determine|guide|"
    r"see|help|identify|detect|quantify|trend|follow|r/o|eval|document|establish|characterize|"
    r"define|differentiate|distinguish|investigate|visualize|verify|ensure|clarify|gauge|risk|"
    r"estimate|track|work|measure|search|further|better|narrow|localize|obtain|ascertain|stage|"
    r"classify|calculate|diagnose|test|find|make|reassess|re-?evaluate|support|inform|tailor|avoid|"
    r"compare|examine|demonstrate|delineate|discern|prove|start|titrate|direct)|"
    r"for|given|because|due to|since|if|in case|in case of|"
    r"looking|evaluate|evaluating|eval (?:for|of)|rule out|ruling out|r/o|ro|as part of|"
    r"in order to|concern|concerning|c/f|c/w|s/p|d/t|2/2|secondary to|in (?:the )?setting of|"
    r"in (?:light|view) of|as (?:he|she|they|it|this|we|there|the)|considering|assessing|"
    r"checking for|searching|seeking|investigating|suspected|suspect|suspecting|suspicious|"
    r"suspicion|possible|presumed|likely|which|who|whether|so that|so we|"
    r"(?:specifically|especially|particularly)|(?:with )?(?:particular |special |specific )?"
    r"(?:attention|focus|emphasis) (?:to|on|for)|focus(?:ed|ing|sing)? on|paying attention|"
    r"after|before|prior to|post|pre|while|when|until|during|following|on|from|at|per|via|despite)"
    r"\b|[:\u2013\u2014<>?=]| - |\.{2,}"
)
# A reason that begins so may tell the specimen: what follows is looked at before it is dropped.
TELLING_REASON = re.compile(r"^(?:on|from|at|via|per|when|following)\b")
WITH = re.compile(r"\bwith\b")
# An order that begins so asks for no test; what is joined to it by "and" does not either.
NO_ORDER = re.compile(
    r"^(?:please )?(?:replete|replace|cancel|hold|discontinue|stop|avoid|no|not|dont|do not|defer|"
    r"transfuse|start|administer|bolus|infuse|d/c|skip|decline|refuse|supplement|consult|titrate|"
    r"increase|decrease|treat|prescribe|refer|transfer|admit|discharge|never)\b",
    re.I,
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
        "hide",
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
        "carcinoid",
        "metanephrine",
        "metanephrines",
        "catecholamine",
        "myoglobin",
        "thyroglobulin",
        "fructosamine",
        "cystatin",
        "vasopressin",
        "copeptin",
        "gastric",
        "urease",
        "urology",
        "urologic",
        "colposcopy",
        "cystoscopy",
        "laparoscopy",
        "histology",
        "cytology",
        "chromosome",
        "karyotype",
        "lipoma",
        "lactulose",
        "angiotensin",
        "erythropoietin",
        "hepcidin",
        "hemostasis",
        "echovirus",
        "lithotripsy",
        "inhibin",
        "calcitriol",
        "dihydroxyvitamin",
        "mibg",
        "factor",
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
SAMPLED = FLUIDS - {"urine", "urinary", "stool"}
# Strong separators always divide; weak ones divide where no longer name spans them.
STRONG = re.compile(
    r"[;\n\r|]+|(?:^|\s)\d{1,2}[.)]\s+"
    r"|(?<=\w\w\w)(?<!abd)(?<!Abd)(?<!incl)(?<!alk)(?<!Alk)(?<!resp)(?<!approx)(?<!esp)\.\s+(?=\S)"
)
WEAK = re.compile(
    r"\s*(,|\+(?!\+)(?=\s*[A-Za-z])|/|&|\band/or\b|\band\b|\bplus\b|\balong with\b|\bas well as\b"
    r"|\bfollowed by\b"
    r"|\bthen\b|\bor\b)\s*",
    re.IGNORECASE,
)

# The fluid that is meant by what follows "with" after a panel or a puncture: `UA with culture`.
IMPLIED_FLUIDS = {
    "panel_ua": "urine",
    "panel_csf": "csf",
    "proc_lp": "csf",
    "proc_paracentesis": "ascitic fluid",
    "proc_thoracentesis": "pleural fluid",
    "proc_arthrocentesis": "joint fluid",
    "panel_pleural": "pleural fluid",
    "panel_ascites": "ascitic fluid",
    "panel_joint": "joint fluid",
}
# Words that make one salt or drug of two names side by side.
COMPOUNDS = _words(
    """
    sodium potassium calcium magnesium chloride bicarbonate phosphate bicarb iron glucose albumin
    lactate protein acetate ammonia fe folate vitamin na k ca mg
    """
)
# Kinds that may be begun or continued without being a drug.
BEGUN_KINDS = frozenset({"ecg", "vital", "panel", "imaging", "micro", "exam", "procedure"})
# Kinds of tests that are written side by side without a comma.
RUN_KINDS = frozenset({"lab", "panel", "micro", "imaging", "ecg"})
