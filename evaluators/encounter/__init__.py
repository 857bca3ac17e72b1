"""One candidate meeting one patient: protocol, clinical clock, order resolution, honest lookup.

Belongs here: the rules of the encounter. Does not belong here: who the candidate is
(`evaluators.candidates`) and what its answers are worth (`evaluators.scoring`).
"""
