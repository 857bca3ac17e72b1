"""Whether the grader does what it says: labelled answers, mutated rules, and fields that it reads.

Belongs here: everything that examines the scorer itself. Does not belong here: the rules
(`evaluators.scoring`), so that a new label or mutation changes no methodology digest.

`tuned_answers.csv` is what rules were written against. `blind_answers.csv`, where it is present,
was written and labelled by somebody who had not read the rules; no row of it changes a rule.
"""
