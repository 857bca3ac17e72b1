-- Every result that could be seen by the decision time.
-- Grain: one result of one scenario.
-- Source: leak-prevention rule 2 (`seen_evidence`).
{{ config(post_hook="{{ export_mart('scenario_id, evidence_no') }}") }}
{{ seen_evidence(ref('int_cohorts__selected')) }}
