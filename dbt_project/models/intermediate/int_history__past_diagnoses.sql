-- What was wrong before: titles of diagnoses coded in admissions that ended before t0.
-- Grain: one visit that may come under examination and title.
-- The one use of billed diagnoses that may be shown: a clinician finds these in the chart. The
-- admission itself, and any that had not ended at t0, give nothing.
with matched as (
    select hadm_id
    from {{ ref('int_targets__matched') }}
    where is_eligible_position
    union
    select hadm_id
    from {{ ref('int_triage__screened') }}
    where failed_rule is null
)

select distinct
    present.subject_id,
    present.hadm_id,
    dictionary.long_title as title
from matched
inner join {{ ref('int_visits__arrived') }} as present
    on matched.hadm_id = present.hadm_id
inner join {{ ref('int_admissions__timed') }} as past
    on
        present.subject_id = past.subject_id
        and present.hadm_id != past.hadm_id
        and present.t0 > past.discharged_at
inner join {{ ref('stg_mimiciv_hosp__diagnoses_icd') }} as diagnoses
    on past.hadm_id = diagnoses.hadm_id
inner join {{ ref('stg_mimiciv_hosp__d_icd_diagnoses') }} as dictionary
    on
        diagnoses.icd_code = dictionary.icd_code
        and diagnoses.icd_version = dictionary.icd_version
where dictionary.long_title is not null
