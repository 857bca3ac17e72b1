-- How each patient arrived: what is known at t0, and nothing that was learned later.
-- Grain: one hospital admission.
-- t0 is the arrival in the emergency department, else the admission (leak-prevention rule 2). Of
-- several emergency stays linked to one admission the first counts: there the patient presented.
-- Age: anchor_age + (year of admission - anchor_year) (cohort rule `adult`).
with ed_stays as (
    select *
    from {{ ref('stg_mimiciv_ed__edstays') }}
    where hadm_id is not null
    qualify row_number() over (partition by hadm_id order by arrived_at, stay_id) = 1
)

select
    admissions.subject_id,
    admissions.hadm_id,
    ed_stays.stay_id as ed_stay_id,
    coalesce(ed_stays.arrived_at, admissions.admitted_at) as t0,
    cast(
        patients.anchor_age_years + year(admissions.admitted_at) - patients.anchor_year as integer
    ) as age_years,
    patients.sex,
    ed_stays.arrival_transport as arrival,
    triage.chief_complaint,
    {% if module_is_landed('ed') -%}
        ed_stays.stay_id is not null as is_via_ed
    {%- else -%}
        admissions.ed_registered_at is not null as is_via_ed
    {%- endif %}
from {{ ref('stg_mimiciv_hosp__admissions') }} as admissions
inner join {{ ref('stg_mimiciv_hosp__patients') }} as patients
    on admissions.subject_id = patients.subject_id
left join ed_stays
    on admissions.hadm_id = ed_stays.hadm_id
left join {{ ref('stg_mimiciv_ed__triage') }} as triage
    on ed_stays.stay_id = triage.stay_id
