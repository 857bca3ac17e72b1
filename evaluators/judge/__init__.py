"""The optional judge: a model that reads answers a second time, beside the deterministic scorer.

Belongs here: who may judge (`config`, `independence`), what it is asked (`prompt`) and how its
reply is read (`verdict`), a run (`run`), its agreement with the scorer (`agreement`), and the
second view of one examination (`view`). Does not belong here: points. A judge's reading replaces
none of them, enters no standing and no credential, and is never shown without the agreement.
"""
