"""The code location that `workspace.yaml` names.

Belongs here: nothing but the call. The definitions are in `orchestration.defs`.
"""

from orchestration.defs import build_defs

defs = build_defs()
