-- Lower GI bleeding (diverticular, angiodysplasia, anorectal).
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'gastroenterology', 'condition': 'lower_gi_bleed'}) }}
with screened as (
    {{ screened('lower_gi_bleed') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
