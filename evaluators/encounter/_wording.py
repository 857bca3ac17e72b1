"""Free wording made comparable: cleaning, spelling, tokens.

Belongs here: text to text, the same for catalogue and candidate, so that what is equal after it is
the same thing. Does not belong here: what a phrase means (`orders`, `actions`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 500
"""Characters of one order, action or diagnosis that are read; the rest is cut."""

_REMEMBERED = 4096
"""Texts whose comparable form is kept: one order asks for it several times."""

_KEPT_BREAKS = {"\n", "\t"}


def clean_text(text: str, *, keep_lines: bool = False) -> str:
    """`text` in NFKC without control, bidirectional, zero-width and unpaired surrogate characters.

    Runs of blanks become one blank; with `keep_lines`, line breaks and tabs stay and blanks are
    left as they are.
    """
    if text.isascii() and text.isprintable():
        return text if keep_lines else " ".join(text.split())
    # Surrogates go before NFKC, format characters after it too: normalisation can bring them in.
    kept = []
    for character in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(character)
        if character in _KEPT_BREAKS and keep_lines:
            kept.append(character)
        elif category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif category not in {"Cf", "Cs", "Co", "Cn"}:
            kept.append(character)
    cleaned = "".join(kept)
    return cleaned if keep_lines else " ".join(cleaned.split())


def cut(text: str, longest: int = LONGEST) -> str:
    """`clean_text`, at most `longest` characters."""
    return clean_text(text[: 4 * longest])[:longest].rstrip()


# British to US spelling, as whole stems: "haemoglobin", "oedema", "litre" are not in the catalogue.
_US = {
    "haem": "hem",
    "aemi": "emi",
    "oedem": "edem",
    "oesoph": "esoph",
    "anaesth": "anesth",
    "leuco": "leuko",
    "faec": "fec",
    "paed": "ped",
    "diarrhoea": "diarrhea",
    "gynaec": "gynec",
    "sulph": "sulf",
    "foet": "fet",
    "caec": "cec",
    "tumour": "tumor",
    "colour": "color",
    "fibre": "fiber",
    "litre": "liter",
    "oestr": "estr",
}
_BRITISH = re.compile("|".join(_US))

_WITH = (
    (re.compile(r"\bw\s?/\s?o\b"), " without "),
    (re.compile(r"\bw\s?/(?=\s|\w)"), " with "),
    (re.compile(r"\bnon[\s-]?contrast(?:ed)?\b"), " without contrast "),
    (re.compile(r"\bcontrast[\s-]?enhanced\b"), " with contrast "),
)
_APOSTROPHES = re.compile(r"['’`´]")
_TOKEN = re.compile(r"%|[a-z0-9]+\+*(?![a-z0-9])|[a-z0-9]+")

# Several names of one thing that stand inside longer names. Longest first; on tokens, not letters.
_SAME = {
    ("computed", "tomography"): ("ct",),
    ("cat", "scan"): ("ct",),
    ("ct", "scan"): ("ct",),
    ("magnetic", "resonance", "imaging"): ("mri",),
    ("mri", "scan"): ("mri",),
    ("x", "ray"): ("xray",),
    ("x", "rays"): ("xray",),
    ("plain", "film"): ("xray",),
    ("radiograph",): ("xray",),
    ("radiography",): ("xray",),
    ("ultrasonography",): ("ultrasound",),
    ("sonography",): ("ultrasound",),
    ("sonogram",): ("ultrasound",),
    ("ekg",): ("ecg",),
    ("electrocardiogram",): ("ecg",),
    ("electrocardiography",): ("ecg",),
    ("echocardiogram",): ("echo",),
    ("echocardiography",): ("echo",),
    ("intravenous",): ("iv",),
    ("cx",): ("culture",),
    ("abdominal",): ("abdomen",),
    ("abd",): ("abdomen",),
    ("pelvic",): ("pelvis",),
    ("iv", "contrast"): ("contrast",),
    ("intravenous", "contrast"): ("contrast",),
    ("ct", "a", "p"): ("ct", "abdomen", "pelvis"),
    ("ct", "scan", "a", "p"): ("ct", "abdomen", "pelvis"),
}
_LONGEST_SAME = max(map(len, _SAME))
_FILLERS = frozenset({"and", "of", "the", "for"})
_NO_PLURAL = ("ss", "us", "is", "as", "os")


@lru_cache(maxsize=_REMEMBERED)
def spelled(text: str) -> str:
    """`text` cleaned, in lower case and US spelling, with `w/o` and the like written out."""
    lowered = clean_text(text).replace("×", "x").lower()
    lowered = _APOSTROPHES.sub("", lowered)
    for pattern, words in _WITH:
        lowered = pattern.sub(words, lowered)
    return _BRITISH.sub(lambda found: _US[found.group()], lowered)


@lru_cache(maxsize=_REMEMBERED)
def tokens(text: str) -> tuple[str, ...]:
    """Tokens of `text` that are compared: lower case, US spelling, no punctuation.

    A plus sign at the end of a word stays (`Ca++` is not `Ca`), so does `%`. Hyphens, slashes and
    dots divide. Words that only join (`and`, `of`) go: `CT of the abdomen and pelvis` is
    `ct abdomen pelvis`.
    """
    found = [token for token in _TOKEN.findall(spelled(text)) if token not in _FILLERS]
    return tuple(_replace_same(found))


def singular(found: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens without the `s` of a plural; crude, so used only after an exact look-up."""
    return tuple(map(_singular, found))


def spellings() -> frozenset[str]:
    """Words that `tokens` reads as others: right spellings that no token has."""
    return frozenset(word for words in _SAME for word in words)


def _replace_same(found: list[str]) -> list[str]:
    made: list[str] = []
    at = 0
    while at < len(found):
        for length in range(min(_LONGEST_SAME, len(found) - at), 0, -1):
            same = _SAME.get(tuple(found[at : at + length]))
            if same:
                made.extend(same)
                at += length
                break
        else:
            made.append(found[at])
            at += 1
    return made


def _singular(token: str) -> str:
    if len(token) > 4 and token.endswith("s") and not token.endswith(_NO_PLURAL):
        return token[:-1]
    return token
