"""The public registry: credential policy, statements, index, page, and their verification.

Belongs here: what decides over credentials (`policy`), what is said about a candidate
(`statements`, `schemas`, `disclosure`), what keeps private things in (`privacy`), how it is
published (`publish`, `page`, `forest`) and how anyone checks it offline (`verify`, `cli`).

Does not belong here: anything about a patient, statistics (`evaluators.scoring`), and heavy
packages. A stranger can install and run this room alone: importing it loads nothing, and
`registry.verify` loads only `rfc8785` and `jsonschema`.
"""
