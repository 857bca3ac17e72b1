-- Which admissions have a target condition: by a billed diagnosis or by the label of a film.
-- Grain: one billed diagnosis, or one labelled film, of one condition.
-- Source: int_conditions__known, dx_position. A condition of `cxr_label` is told by the label
-- alone: its codes are loose proxies and count for nothing here. Its code is then the principal
-- billed one, which says what the admission was for and not what the film shows.
with labelled as (
    select
        films.subject_id,
        films.hadm_id,
        films.condition_id,
        conditions.category
    from {{ ref('int_films__labelled') }} as films
    inner join {{ ref('int_conditions__known') }} as conditions
        on films.condition_id = conditions.condition_id
),

principal as (
    select
        hadm_id,
        seq_num,
        icd_code,
        icd_version
    from {{ ref('stg_mimiciv_hosp__diagnoses_icd') }}
    qualify row_number() over (partition by hadm_id order by seq_num, icd_version, icd_code) = 1
)

select
    coded.subject_id,
    coded.hadm_id,
    coded.condition_id,
    coded.category,
    coded.seq_num,
    coded.icd_code,
    coded.icd_version,
    coded.is_eligible_position,
    coded.is_initial_encounter
from {{ ref('int_diagnoses__matched') }} as coded
inner join {{ ref('int_conditions__known') }} as conditions
    on coded.condition_id = conditions.condition_id
where conditions.dx_position != 'cxr_label'
union all
select
    labelled.subject_id,
    labelled.hadm_id,
    labelled.condition_id,
    labelled.category,
    principal.seq_num,
    principal.icd_code,
    principal.icd_version,
    true as is_eligible_position,
    true as is_initial_encounter
from labelled
inner join principal
    on labelled.hadm_id = principal.hadm_id
