"""Tools: clinical calculators on what this patient's record shows by the clock.

Belongs here: one module a subject, the readings that they start from, and finding a tool by its
name (`registry`). Does not belong here: orders of tests (`orders`), the clock (`lookup`). What was
decided and why: docs/decisions/tools.md.

A tool reads evidence that is available by the clock and the presentation, and nothing else: no
code of this admission, no ground truth. It never invents an input: what is not known is named, and
the result then says between which totals the score lies.
"""
