-- Cellulitis / skin and soft tissue infection.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'infectious_disease', 'condition': 'cellulitis'}) }}
with screened as (
    {{ screened('cellulitis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
