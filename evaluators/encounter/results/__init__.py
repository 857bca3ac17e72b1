"""How results read: from a report of the record to what a clinician is handed, and back.

Belongs here: the templates and the code that fills them, in one folder, so that all of it enters
the methodology digest. Does not belong here: which result is shown, and when (`lookup`).
"""
