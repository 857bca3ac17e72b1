-- Emergency visits that are examined: what is asked and what is true. Private.
-- Grain: one emergency visit.
{{ config(
    tags=['task'],
    meta={'category': 'emergency_triage', 'kind': 'emergency', 'modules': ['ed']}
) }}
select
    'emergency_triage' as category,
    'emergency' as kind,
    cast(ed_stay_id as varchar) as unit_key,
    subject_id,
    hadm_id,
    t0,
    t0 as start_at,
    decision_at,
    condition_id,
    target_code,
    cast(target_version as smallint) as target_version,
    '{"acuity":' || acuity || ',"disposition":"' || disposition || '"}' as answers
from {{ ref('int_triage__screened') }}
where failed_rule is null
