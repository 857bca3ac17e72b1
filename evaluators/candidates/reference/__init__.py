"""The reference candidates: floors, a ceiling and one transparent clinician, in this process.

Belongs here: what each answers, and their LiteLLM provider. Does not belong here: anything that
reads a scenario set; what a reference candidate is told comes in its briefing.
"""
