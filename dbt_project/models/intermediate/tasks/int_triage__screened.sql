-- Every visit to the emergency department with the first rule that it fails, for the kind of
-- scenario `emergency`. Private.
-- Grain: one emergency visit.
-- Asked are acuity, how the visit ended, and its first diagnosis. The visit is shown from arrival
-- to departure, at most 24 h. `leak`: the complaint names the diagnosis by the terms of its
-- condition (leak_terms.csv); other diagnoses have no terms. `beyond_draw`: of each diagnosis
-- task_units_a_condition visits are kept, by SHA-256 of their id, so that only their
-- events are read.
with visits as (
    select
        stays.subject_id,
        stays.stay_id as ed_stay_id,
        coalesce(stays.hadm_id, stays.stay_id) as hadm_id,
        stays.arrived_at as t0,
        stays.left_at,
        least(stays.left_at, stays.arrived_at + interval 24 hours) as decision_at,
        triage.acuity,
        nullif(trim(triage.chief_complaint), '') as chief_complaint,
        case upper(trim(stays.ed_disposition))
            when 'HOME' then 'home'
            when 'ADMITTED' then 'admitted'
            when 'TRANSFER' then 'transferred'
            when 'EXPIRED' then 'died'
            when 'ELOPED' then 'left'
            when 'LEFT WITHOUT BEING SEEN' then 'left'
            when 'LEFT AGAINST MEDICAL ADVICE' then 'left'
        end as disposition,
        cast(
            patients.anchor_age_years + year(stays.arrived_at) - patients.anchor_year as integer
        ) as age_years,
        named.condition_id,
        named.icd_code as target_code,
        named.icd_version as target_version
    from {{ ref('stg_mimiciv_ed__edstays') }} as stays
    inner join {{ ref('stg_mimiciv_hosp__patients') }} as patients
        on stays.subject_id = patients.subject_id
    left join {{ ref('stg_mimiciv_ed__triage') }} as triage
        on stays.stay_id = triage.stay_id
    left join {{ ref('int_ed_diagnoses__named') }} as named
        on stays.stay_id = named.stay_id
),

leaking as (
    select visits.ed_stay_id
    from visits
    inner join {{ ref('int_leaks__patterns') }} as patterns
        on visits.condition_id = patterns.condition_id
    where {{ gives_away(asserted('visits.chief_complaint'), 'patterns') }}
),

judged as (
    select
        visits.*,
        case
            when coalesce(visits.age_years, 0) < 18 then 'adult'
            when visits.acuity is null then 'no_acuity'
            when visits.disposition is null then 'no_disposition'
            when visits.left_at is null or visits.left_at <= visits.t0 then 'length'
            when visits.condition_id is null then 'diagnosis_without_name'
            when visits.chief_complaint is null then 'no_complaint'
            when leaking.ed_stay_id is not null then 'leak'
        end as failed_rule
    from visits
    left join leaking
        on visits.ed_stay_id = leaking.ed_stay_id
)

{{ judged_and_drawn('visit', 'ed_stay_id', 'emergency') }}
