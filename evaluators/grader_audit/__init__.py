"""Whether the grader does what it says: labelled answers, mutated rules, and fields that it reads.

Belongs here: everything that examines the scorer itself. Does not belong here: the rules
(`evaluators.scoring`), so that a new label or mutation changes no methodology digest.

`tuned_answers.csv` is what rules were written against. `held_out_answers.csv` was labelled before
the scorer had read it; no rule or phrase is changed because of a row of it.
"""
