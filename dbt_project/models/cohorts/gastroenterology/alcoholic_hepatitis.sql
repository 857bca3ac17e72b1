-- Alcohol-associated hepatitis.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'gastroenterology', 'condition': 'alcoholic_hepatitis'}) }}
with screened as (
    {{ screened('alcoholic_hepatitis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
