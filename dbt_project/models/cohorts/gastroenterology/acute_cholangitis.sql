-- Acute cholangitis / choledocholithiasis with cholangitis.
-- Grain: one admission.
-- No rule beyond those that all cohorts share.
{{ config(meta={'category': 'gastroenterology', 'condition': 'acute_cholangitis'}) }}
with screened as (
    {{ screened('acute_cholangitis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
