-- Non-variceal upper GI bleeding (peptic ulcer and erosive).
-- Grain: one admission.
-- exclusion_extra: cirrhosis at any position, where a varix is the likelier source.
{{ config(meta={'category': 'gastroenterology', 'condition': 'nonvariceal_ugib'}) }}
with screened as (
    {{ screened('nonvariceal_ugib') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    not {{ has_diagnosis(
        'screened', ['K7460', 'K7469', 'K7030', 'K7031'], ['5712', '5715', '5716']
    ) }}
