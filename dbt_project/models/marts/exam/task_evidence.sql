-- Every result that could be seen by the decision time, in the kinds of scenario that ask more than
-- a diagnosis.
-- Grain: one result of one scenario. The rules are those of `evidence`; a film has none.
{{ config(post_hook="{{ export_mart('scenario_id, evidence_no') }}") }}
{{ seen_evidence(ref('int_tasks__united'), "scenarios.kind != 'radiology'") }}
