"""dbt: staging, intermediates, cohorts, marts as assets, and the contracts of the marts as checks.

Belongs here: dbt's assets and the checks at the Python border. Does not belong here: SQL.
"""
