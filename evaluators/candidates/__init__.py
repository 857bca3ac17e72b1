"""Who sits the examination: candidates, the egress rule, the one road to a model (LiteLLM).

Belongs here: reading `candidates.yaml`, admitting an endpoint, asking it, the reference
candidates. Does not belong here: the rules of the encounter (`evaluators.encounter`), what was
paid for (`evaluators.journal`), what an answer is worth (`evaluators.scoring`).

Importing this package never imports LiteLLM (five seconds); the client does so when it is opened.
"""
