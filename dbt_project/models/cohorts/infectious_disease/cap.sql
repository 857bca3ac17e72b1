-- Community-acquired pneumonia.
-- Grain: one admission.
-- exclusion_extra: not community-acquired after a hospital stay in the previous 14 days, or when
-- ventilator-associated. (Onset after 48 h cannot be told without notes.)
{{ config(meta={'category': 'infectious_disease', 'condition': 'cap'}) }}
with screened as (
    {{ screened('cap') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    not {{ has_diagnosis('screened', ['J95851'], ['99731']) }}
    and not exists (
        select 1
        from {{ ref('int_admissions__timed') }} as past
        where
            past.subject_id = screened.subject_id
            and past.hadm_id != screened.hadm_id
            and past.discharged_at between screened.t0 - interval 14 days and screened.t0
    )
