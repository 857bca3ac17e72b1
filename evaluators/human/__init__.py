"""A person as a candidate: the same protocol, limits, parser and journal, at a terminal.

Belongs here: who the person is to the journal (`rater`), lines to a step (`draft`), the
conversation (`desk`), how a person stands beside models (`baseline`). Does not belong here: the
rules of an encounter (`evaluators.encounter`), the road of models (`evaluators.candidates`).
"""
