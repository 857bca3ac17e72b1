"""Ways of writing an order that are made one before it is read.

Belongs here: patterns over the whole text with what stands for them: questions, "with" and
"without", combined studies. Does not belong here: words that stand for others inside a name
(`_order_names`), what stands around an order (`_order_sentences`).
"""

from __future__ import annotations

import re

_WAYS = (
    (  # a question or a wish: `Can you tell me the patient's oxygen saturation?`
        re.compile(
            r"^(?:please )?(?:(?:can|could|would|may|will) (?:you|i|we) (?:please )?)?"
            r"(?:(?:tell|give|show) (?:me|us)(?: about)?|let (?:me|us) (?:know|see)|what(?:'s| is|"
            r" are| was| were)|how(?: is| are|'s)|(?:i|we)(?: would|'d)? (?:like|want|need) to "
            r"(?:know|start with|begin with|review)(?: about)?|"
            r"do (?:you|we) (?:have|know)|start with|begin with) "
            r"(?:(?:the|this|a|an|any|his|her|their|patient(?:'s|s)?|current|some) ){0,4}",
            re.I,
        ),
        "",
    ),
    (
        re.compile(
            r"^(?:what|which) (?:home |outpatient |regular |current )?(?:meds|medications?|drugs|"
            r"medicines) (?:is|does|was|are|do|did|has)\b.*",
            re.I,
        ),
        "home medications",
    ),
    (
        re.compile(r"^(?:is|does|do|has|are|what)\b[^,;]*\ballerg(?:ic|y|ies)\b[^,;]*", re.I),
        "drug allergies",
    ),
    (
        re.compile(
            r"^(?:does|is|do|has) (?:the patient|he|she|this patient|they) (?:currently )?"
            r"(?:smok|drink|us(?:e|ing) (?:tobacco|alcohol|(?:any |iv )?drugs|illicit))[^,;]*",
            re.I,
        ),
        "social history",
    ),
    (re.compile(r"\bfamily (?:medical )?history of\b[^,;]*", re.I), "family history"),
    (
        re.compile(
            r"\banti[- ]?(?:factor )?xa\b(?: (?:level|activity|assay))? (?:for|on|with) (?:the )?"
            r"(?:iv )?(?:heparin|ufh|unfractionated heparin)(?: (?:gtt|drip|infusion))?",
            re.I,
        ),
        "anti-Xa heparin",
    ),
    (
        re.compile(
            r"\banti[- ]?(?:factor )?xa\b(?: (?:level|activity|assay))? (?:for|on|with) (?:the )?"
            r"(?:lovenox|enoxaparin|lmwh)",
            re.I,
        ),
        "anti-Xa lovenox",
    ),
    (
        re.compile(
            r"\b(?:abd(?:omen|ominal|o)?|ruq) (?:ultrasound|us|sono(?:gram)?)"
            r"(?: with)?,? (?:attention to|focus(?:ing|ed|sed|sing)? on) (?:the )?"
            r"(?:right upper quadrant|ruq|gallbladder|biliary(?: tree| tract)?|liver)\b",
            re.I,
        ),
        "RUQ ultrasound",
    ),
    (
        re.compile(
            r"\bpt (?:for|to (?:assess|evaluate)) (?:the )?(?:gait|mobility|ambulation|rehab|"
            r"strength|deconditioning|balance|walking|transfers)\b[^,;]*",
            re.I,
        ),
        "physical therapy",
    ),
    (re.compile(r"\b1,\s?25[- ]?(?=\(?(?:oh|dihydroxy))", re.I), "calcitriol "),
    (
        re.compile(
            r",? (?:and |then )?if (?:positive|elevated|high|abnormal),? (?:then )?",
            re.I,
        ),
        ", ",
    ),
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
            r"\b([cf]bc) ?(?:/|\+|&|,|-|and|plus|incl(?:uding)?) ?(?:a |auto(?:mated)? |manual )?"
            r"diff(?:erential)?\b",
            re.I,
        ),
        r"\1 with diff",
    ),
    (re.compile(r"\b([cf]bc) diff\b", re.I), r"\1 with diff"),
    (re.compile(r"\bu ?/ ?s\b", re.I), "ultrasound"),
    (re.compile(r"\bu\.s\.(?=\s|$)", re.I), "ultrasound"),
    (re.compile(r"\bncct\b", re.I), "CT without contrast"),
    (re.compile(r"^((?:.*\b)?ct\b.*)\bnc\b", re.I), r"\1 without contrast"),
    (re.compile(r"\bw ?/ *$", re.I), "with contrast"),
    (
        re.compile(r"\bpt ?/ ?inr ?(?:,? and|,|&|\+|/) ?a?ptt\b", re.I),
        "PT/INR/PTT",
    ),
    (re.compile(r"\bcect\b", re.I), "CT with contrast"),
    (re.compile(r"\bvit\b\.?", re.I), "vitamin"),
    (re.compile(r"\bpoint[ -]of[ -]care\b", re.I), "POC"),
    (re.compile(r"\bb ?/ ?l\b|\bbilat\b\.?", re.I), "bilateral"),
    (re.compile(r"\bv ?[/-] ?q\b", re.I), "VQ"),
    (re.compile(r"\b(?:abd|abdo)\b\.?", re.I), "abdomen"),
    (re.compile(r"\b(?:pelv)\b\.?", re.I), "pelvis"),
    (
        re.compile(
            r"\bct (?:scan )?(?:of )?(?:the )?(?:c ?/? ?a ?/? ?p\b|chest ?(?:,|/|and|&)? ?"
            r"(?:abdomen|a) ?(?:,|/|and|, and|&)? ?(?:pelvis|p)\b)([^,;]*)",
            re.I,
        ),
        r"CT chest\1, CT abdomen and pelvis\1",
    ),
    (
        re.compile(r"\b(ua|u/a|urinalysis) ?(?:/|&|\+|,|and) ?(?:reflex )?(?:culture|cx)\b", re.I),
        r"\1, urine culture",
    ),
    (re.compile(r"^pan ?-?cultures?\s*[:(-]\s*([^)]*)\)?$", re.I), r"\1 culture"),
    (
        re.compile(
            r"\b(?:post|pre)[ -]?(?:transfusion|op(?:erative)?|procedure|procedural|dialysis|hd|"
            r"transplant|intubation|extubation|fluids?|bolus|treatment|diuresis|repletion|"
            r"hydration|infusion|dose|cath|pci|arrest|resuscitation|cardioversion|admission|"
            r"antibiotics?|thrombolysis|tpa)\b",
            re.I,
        ),
        "",
    ),
    (
        re.compile(r"\bpan ?-?cultures?\b(?=[^:]*$)", re.I),
        "blood culture, urine culture, sputum culture",
    ),
    (
        re.compile(r"\bcultures? (?:of )?(?:the )?(?:blood|bld)\b(?! culture)", re.I),
        "blood culture",
    ),
    (re.compile(r"\bx ?- ?ra?e?y\b", re.I), "xray"),
)


def spelled_out(text: str) -> str:
    """`text` with every such way of writing replaced, in the order of the table."""
    for pattern, words in _WAYS:
        text = pattern.sub(words, text)
    return text
