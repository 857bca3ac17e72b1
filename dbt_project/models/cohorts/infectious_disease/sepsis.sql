-- Sepsis (without shock).
-- Grain: one admission.
-- exclusion_extra: septic shock is a cohort of its own.
{{ config(meta={'category': 'infectious_disease', 'condition': 'sepsis'}) }}
with screened as (
    {{ screened('sepsis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where not {{ has_diagnosis('screened', ['R6521'], ['78552']) }}
