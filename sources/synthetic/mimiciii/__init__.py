"""The same patients as MIMIC-III 1.4 would hold them: other tables, item ids and code version.

Belongs here: MIMIC-III's own shapes. Does not belong here: what happened to the patients (the
timeline, which the writers of MIMIC-IV read too).
"""

from sources.synthetic.mimiciii.writer import MimiciiiWriter

__all__ = ["MimiciiiWriter"]
