-- A past diagnosis is coded in an admission of the patient that ended before t0.
select
    history.hadm_id,
    history.title
from {{ ref('int_history__past_diagnoses') }} as history
inner join {{ ref('int_admissions__timed') }} as present
    on history.hadm_id = present.hadm_id
where
    not exists (
        select 1
        from {{ ref('int_admissions__timed') }} as past
        inner join {{ ref('stg_mimiciv_hosp__diagnoses_icd') }} as coded
            on past.hadm_id = coded.hadm_id
        inner join {{ ref('stg_mimiciv_hosp__d_icd_diagnoses') }} as dictionary
            on
                coded.icd_code = dictionary.icd_code
                and coded.icd_version = dictionary.icd_version
        where
            past.subject_id = present.subject_id
            and past.discharged_at < present.t0
            and dictionary.long_title = history.title
    )
