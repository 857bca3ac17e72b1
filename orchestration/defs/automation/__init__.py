"""Jobs, the nightly schedule, and the sensors that carry a run from one job to the next.

Belongs here: when things run. Does not belong here: what they do.
"""
