"""Raw MIMIC on the disk, and its typed Parquet copy.

Belongs here: finding releases in a folder (`releases`), landing their tables (`landing`), the
generator of synthetic data (`synthetic`). Does not belong here: clinical logic.
"""
