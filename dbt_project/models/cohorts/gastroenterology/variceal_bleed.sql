-- Esophageal / gastric variceal hemorrhage.
-- Grain: one admission.
-- code_support: the code may stand at any position, so an upper endoscopy of this admission or
-- octreotide given within 48 h of arrival must support it.
{{ config(meta={'category': 'gastroenterology', 'condition': 'variceal_bleed'}) }}
with screened as (
    {{ screened('variceal_bleed') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    exists (
        select 1
        from {{ ref('int_procedures__done') }} as procedures
        where
            procedures.hadm_id = screened.hadm_id
            and procedures.entry_id in ('proc_egd', 'proc_egd_tx', 'proc_variceal_banding')
    )
    or exists (
        select 1
        from {{ ref('stg_mimiciv_hosp__emar') }} as emar
        where
            emar.hadm_id = screened.hadm_id
            and lower(emar.drug_name) like '%octreotide%'
            and emar.charted_at between screened.t0 and screened.t0 + interval 48 hours
    )
