"""What sqlfluff needs to render the project's Jinja: stand-ins for dbt's own functions.

Belongs here: dbt functions that sqlfluff does not bring. Does not belong here: macros of the
project. dbt itself never reads this folder.
"""


def env_var(name: str, default: str = "lint") -> str:
    """Stand-in for dbt's `env_var`; two cohorts are enough to render every loop."""
    return {"MEDCRED_COHORTS": "cardiology/nstemi,nephrology/aki"}.get(name, default)
