-- Intensive care stays that are examined: what is asked and what is true. Private.
-- Grain: one intensive care stay.
-- The clock starts where it ends: everything of the first 24 h can be ordered, nothing later.
{{ config(
    tags=['task'],
    meta={'category': 'intensive_care_24h', 'kind': 'intensive_care'}
) }}
select
    'intensive_care_24h' as category,
    'intensive_care' as kind,
    cast(stay_id as varchar) as unit_key,
    subject_id,
    hadm_id,
    t0,
    decision_at as start_at,
    decision_at,
    condition_id,
    target_code,
    cast(target_version as smallint) as target_version,
    '{"renal_replacement":' || cast(has_renal_replacement_next_day as varchar)
    || ',"vasopressor":' || cast(has_vasopressor_next_day as varchar)
    || ',"ventilation":' || cast(has_ventilation_next_day as varchar) || '}' as answers
from {{ ref('int_organ_support__screened') }}
where failed_rule is null
