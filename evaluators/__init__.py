"""The examination: scenario sets, encounters, candidates, scoring.

Belongs here: everything between frozen marts and scores. Does not belong here: Dagster, SQL over
raw data, publication.
"""
