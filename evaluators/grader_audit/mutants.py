"""The diagnosis scorer with one rule broken, to see whether anything notices.

Belongs here: the rules, how each is broken, and loading the broken copy. Does not belong here: the
answers that must notice (`agreement`, `named_cases`).

A mutant is made from the scorer's source: one snippet, which must stand there exactly once, is
replaced, and the modules are loaded again under names of their own. The scorer in use is not touched.
"""

# ruff: noqa: E501 -- a snippet of source stands on one line, as one row of the table.

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Final

import evaluators.scoring

MODULES: Final = (
    "wording",
    "_spelling",
    "_assertion",
    "_past",
    "_diagnosis_codes",
    "_diagnosis_terms",
    "_phrases",
    "_principal",
    "diagnosis",
    "credit",
)
"""Of `evaluators.scoring`, in the order in which they import each other."""
SCORING: Final = ("diagnosis", "credit")
"""Of these a scorer is made."""
_PACKAGE: Final = evaluators.scoring.__name__
_FOLDER: Final = Path(evaluators.scoring.__file__).parent
_NUMBERS = count()


class MutationError(ValueError):
    """A mutation no longer fits the source; the text says which rule, and what to do."""


@dataclass(frozen=True)
class Mutation:
    """One rule, and the change of source that breaks it."""

    rule: str
    """In words, as the audit prints it."""
    module: str
    """One of `MODULES`."""
    old: str
    new: str


def _m(module: str, rule: str, old: str, new: str) -> Mutation:
    return Mutation(rule, module, old, new)


MUTATIONS: Final = (
    _m("diagnosis", "text decides over code", "if found is None:", "if by_code or found is None:"),
    _m("diagnosis", "a code speaks where the text names nothing", "if code else None", "if 0 else None"),
    _m("diagnosis", "denied text is not rescued by its code", 'if was_denied else None', "if 0 else None"),
    _m("diagnosis", "a code among the words speaks where they name nothing", "self._codes.named(spelled)) is not None", "None) is not None"),
    _m("_diagnosis_codes", "an answer of digits alone is a code", "if alone is not None:", "if False:"),
    _m("_principal", "what a sentence ends in is its diagnosis", "for cue in terms.conclusions", "for cue in ()"),
    _m("_principal", "findings give way to what they show", "if is_finding and any(", "if False and any("),
    _m("_diagnosis_codes", "a code of digits is ICD-9", "bare[0].isalpha() else 9", "bare[0].isalpha() else 10"),
    _m("_diagnosis_codes", "an excluded code does not count", "bare.startswith(entry.excludes[version])", "False"),
    _m("_diagnosis_codes", "an injury's code is of the first encounter", "bare[6] not in entry.seventh", "False"),
    _m("_diagnosis_codes", "the longest prefix of a code decides", "(entry.is_condition, length,", "(entry.is_condition, -length,"),
    _m("_diagnosis_codes", "codes of findings are read in their category only", 'if c.dx_position != "cxr_label" or c.category == category', "if True"),
    _m("diagnosis", "a list is read up to its first entry", "for start, end, ends_sentence in statements(tokens):", "for start, end, ends_sentence in reversed(list(statements(tokens))):"),
    _m("diagnosis", "an unknown first entry is the answer", "            break\n        return (ELSE", "            continue\n        return (ELSE"),
    _m("diagnosis", "words of a heading are no entry", "tokens[at].text not in self._terms.void", "True"),
    _m("diagnosis", "a sentence that names nothing is passed over", "if not content or ends_sentence:", "if not content:"),
    _m("_principal", "the first phrase of a statement is principal", "first = affirmed[0]", "first = affirmed[-1]"),
    _m("_diagnosis_terms", "a symptom gives way to its cause", "symptoms=frozenset(written[\"symptoms\"])", "symptoms=frozenset()"),
    _m("_phrases", "the longest phrase wins", "(-span.words, span.end - span.start, span.start)", "(span.words, span.end - span.start, span.start)"),
    _m("_phrases", "fillers may stand inside a phrase", "MAX_FILLERS: Final = 3", "MAX_FILLERS: Final = 0"),
    _m("_phrases", "phrases may be turned as in an index", "found.extend(self._inverted(tokens))", "pass"),
    _m("_diagnosis_terms", "phrases that mean something else name nothing", 'elsewhere=tuple(written["elsewhere"])', "elsewhere=()"),
    _m("_diagnosis_terms", "phrases of the terms file count", "for key, value in written[\"phrases\"].items()}", "for key, value in ()}"),
    _m("_phrases", "a shared phrase means the category's own condition", "for c in own),\n            *((c.condition_id, c.name, c.synonyms) for c in foreign),", "for c in foreign),\n            *((c.condition_id, c.name, c.synonyms) for c in own),"),
    _m("_phrases", "phrases may have their head first", "yield (bare[-1], *bare[:-1])", "yield bare"),
    _m("_principal", "a general name gives way to a special one", "if is_special and Mark.WORD not in marks:", "if False:"),
    _m("_spelling", "misspelled words are corrected", "return None if spelled == lowered else spelled", "return None"),
    _m("_spelling", "of two near words none is taken", "if len(forms) == 1 else word", "if forms else word"),
    _m("_spelling", "a neighbour speaks for a word", "return (self._form(before), form) in beside or (form, self._form(after)) in beside", "return False"),
    _m("_spelling", "what sounds alike is near", "if is_alike and slips <= 3:", "if False:"),
    _m("_spelling", "a word in two parts is joined", "if joined in self._known:", "if False:"),
    _m("_spelling", "two words written as one are parted", "return self._parted(word) or word", "return word"),
    _m("_phrases", "a common word is an abbreviation only in capitals", "not in self._terms.common_words - capitals", "not in ()"),
    _m("_phrases", "a word before a name makes another disease of it", "if self._is_turned_away(tokens, span) else span", "if False else span"),
    _m("_principal", "a name gives way to what it is linked with", "later.entry_id in linked and", "False and"),
    _m("_principal", "a general name gives way to its stated cause", "later.entry_id in caused and", "False and"),
    _m("_principal", "a colon after findings leads to the diagnosis", "_sums_up(tokens, later.start, terms)", "False"),
    _m("diagnosis", "a later statement says what findings amount to", "announced(tokens, spans, denied, end, self._terms) or chosen", "chosen"),
    _m("diagnosis", "grounds that nobody recognises give way to what follows from them", "if later is not None:", "if False:"),
    _m("diagnosis", "a name may have its words in another order", " or self._reordered(tokens, start, end, denied)", ""),
    _m("_phrases", "nothing else may stand in a name in another order", "and words - bag <= spare", ""),
    _m("_phrases", "only a whole entry is turned as in an index", "self._says_nothing(outside)", "True"),
    _m("_past", "what happened years ago is past", "if _AFTER.match(", "if False and _AFTER.match("),
    _m("_past", "the background is not the present", "is_near and starts[place] not in symptoms and", "False and"),
    _m("_past", "`post` makes a past of what follows", 'tokens[start - 1].text == "post"', "False"),
    _m("_past", "an age is no past", "return tokens[at].text ==", "return False and tokens[at].text =="),
    _m("_assertion", "backward denial stops at its clause", "if has_content and ends:", "if False:"),
    _m("_assertion", "a denied enumeration goes back over commas", "is_plural and token.mark is Mark.COMMA", "False"),
    _m("_assertion", "a negative test denies what it looked for", "ending)):", "{})):"),
    _m("_assertion", "a mimic is not the disease", '        "mimic",\n', ""),
    _m("_assertion", "what was only considered is not the diagnosis", '        "was considered",\n', ""),
    _m("_assertion", "a passive exclusion is of what stands before it", "or _says_of_before(tokens, at, at + length, before)", ""),
    _m("_spelling", "a word parted by a hyphen is joined", "if is_hyphened and joined in self._known:", "if False:"),
    _m("_assertion", "`no doubt` denies nothing", "length = cue_at(tokens, at, inside, _NO_CUES)", "length = 0"),
    _m("_assertion", "denial stops where a finding is said to show something", "token.text in _SHOWS", "False"),
    _m("_assertion", "denial stops at a dash or colon", 'in _PARTS - {"(", "["}', "in ()"),
    _m("diagnosis", "denied phrases do not count", "if span.start not in denied]", "]"),
    _m("diagnosis", "a code title of the set is read", "or self._titles.get(self._bag(words))", ""),
    _m("diagnosis", "a title of several entries is left out", "if len(ids) == 1}", "}"),
    _m("_assertion", "denial reaches forward", "reach = _forward(tokens, at + length, starts)", "reach = at + length"),
    _m("_assertion", "denial reaches backward", "before = _backward(tokens, at, inside, starts)", "before = set()"),
    _m("_assertion", "`cannot be excluded` is doubt, not denial", "if not _is_undone(tokens, at):", "if True:"),
    _m("_assertion", "denial stops at `but`", "token.mark is Mark.SENTENCE or token.text in _TURN", "token.mark is Mark.SENTENCE"),
    _m("_assertion", "a denied enumeration goes on after commas", "or _goes_on(tokens, end)", "or False"),
    _m("_assertion", "denial of one stops at a comma", "token.mark is Mark.COMMA and not", "False and not"),
    _m("_past", "the past ends where the present begins", "if end > at and token.text in _NOW | _HERE:", "if False:"),
    _m("_past", "the past does not count", "length = cue_at(tokens, at, inside, _CUES)", "length = 0"),
    _m("wording", "British spelling is united with American", "for british, american in _SPELLING:", "for british, american in ():"),
    _m("wording", "shorthand is written out", "for pattern, replacement in _SHORTHAND:", "for pattern, replacement in ():"),
    _m("wording", "numbers part a list", '_NUMBERING.sub("\\n", lowered)', "lowered"),
    _m("wording", "`vs` and `or` part a list", "if word in _LIST_WORDS and not is_phrase:", "if False:"),
    _m("wording", "abbreviations are written out", "self._words = {key: tuple(value.split()) for key, value in words.items()}", "self._words: dict[str, tuple[str, ...]] = {}"),
    _m("wording", "plurals are united", "return word[:-1]", "return word"),
    _m("wording", "`non` is joined with what it negates", 'yield "non" + piece, Mark.WORD', 'yield piece, Mark.WORD'),
    _m("wording", "characters that nobody sees are dropped", 'or unicodedata.category(c)[0] != "C"', "or True"),
    _m("credit", "the target earns 1", "return Credit(1.0, 1.0)", "return Credit(0.9, 1.0)"),
    _m("credit", "a stated relative earns its credit", "relatives.get(matched_id, 0.0)", "0.0"),
    _m("credit", "what is no stated relative earns 0", "relatives.get(matched_id, 0.0)", "relatives.get(matched_id, 0.1)"),
    _m("credit", "an examined relative earns no strict credit", "0.0 if matched_id in examined else stated", "stated"),
    _m("credit", "what names nothing earns 0", "return NOTHING", "return Credit(0.1, 0.1)"),
    _m("credit", "three places count for top-3", "max(credits[:3]", "max(credits[:4]"),
    _m("credit", "five places count for top-5", "max(credits[:5]", "max(credits[:6]"),
    _m("credit", "the same thing said twice takes one place", "if name not in places:", "if True:"),
    _m("credit", "what nobody recognises takes a place", 'matched_id or f"?{place}"', 'matched_id or "?"'),
    _m("credit", "the final answer stands first", "[(final.diagnosis, final.icd10), *stated]", "stated"),
)  # fmt: skip
"""The rules of the diagnosis scorer, each broken once.

Not among them: that a phrase after `non` does not count. Every phrase that it could stop today is
inside a longer one that wins first, so that no answer can notice."""


@dataclass(frozen=True)
class Scorer:
    """The modules of one scorer, broken or whole."""

    diagnosis: ModuleType
    credit: ModuleType


@contextmanager
def loaded(mutation: Mutation | None = None) -> Iterator[Scorer]:
    """The scorer with `mutation` applied; None gives the scorer in use.

    The broken module and those that import it are loaded again from their source; the others are
    the ones in use.

    Raises:
        MutationError: when the snippet does not stand in the source exactly once.
    """
    number = next(_NUMBERS)
    names = {module: f"_medcred_mutant_{number}_{module}" for module in MODULES}
    made: dict[str, ModuleType] = {}
    try:
        for module in MODULES:
            path = _FOLDER / f"{module}.py"
            source = path.read_text(encoding="utf-8")
            is_broken = mutation is not None and mutation.module == module
            if mutation is not None and is_broken:
                source = mutated(mutation, source)
            whole = source
            for other in made:
                source = source.replace(f"from {_PACKAGE}.{other} ", f"from {names[other]} ")
            if not is_broken and source == whole:
                continue
            made[module] = loading = ModuleType(names[module])
            loading.__file__ = str(path)
            # Dataclasses look their module up by name.
            sys.modules[names[module]] = loading
            exec(compile(source, str(path), "exec"), loading.__dict__)  # noqa: S102
        yield Scorer(*(made.get(name) or import_module(f"{_PACKAGE}.{name}") for name in SCORING))
    finally:
        for name in names.values():
            sys.modules.pop(name, None)


def mutated(mutation: Mutation, source: str) -> str:
    """The source with the rule broken.

    Raises:
        MutationError: when the snippet does not stand in it exactly once.
    """
    found = source.count(mutation.old)
    if found != 1:
        raise MutationError(
            f"The mutation of the rule '{mutation.rule}' names a snippet that stands {found} times "
            f"in {mutation.module}.py: bring evaluators/grader_audit/mutants.py up to date."
        )
    return source.replace(mutation.old, mutation.new)
