"""Standings, credentials and the published registry.

Belongs here: the final assets. Does not belong here: policy and pages (`registry`).
"""
