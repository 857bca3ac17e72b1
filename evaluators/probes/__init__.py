"""Probes: does an answer hang on what should not matter, or on memory of the source's texts?

Belongs here: declared variants of a scenario set (`variants`), examining a candidate on a set and
its variant (`examining`), the paired figures (`paired`), and the questions that ask for what only a
memory of the source could know (`contamination`). Does not belong here: commands and assets
(`orchestration`), points (`evaluators.scoring`), which are those of the base set throughout. What
is measured and what is not stands in docs/probes.md.
"""
