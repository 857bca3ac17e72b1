"""The DAG and the command line: Dagster definitions that call the other rooms.

Belongs here: assets, checks, partitions, schedules, sensors, settings, paths, the command line.
Does not belong here: anything that could be tested without Dagster; that lives in the other rooms.
"""
