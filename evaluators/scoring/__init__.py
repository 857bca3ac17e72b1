"""Scoring: a pure function of scenario set and journal.

Belongs here: credit for diagnoses, tests and actions, safety flags, calibration, statistics over
candidates, and the writing of `scores.json`. Does not belong here: running encounters
(`evaluators.encounter`), policy and tiers (`registry`).

Nothing here calls a model, reads a clock or draws an unseeded number.
"""
