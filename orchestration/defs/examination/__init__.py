"""Scenario sets, encounters and scores.

Belongs here: the assets that are partitioned by candidate and category. Does not belong here: the
rules of an encounter or of scoring (`evaluators`).
"""
