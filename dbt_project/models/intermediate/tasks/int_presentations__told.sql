-- What is known of each visit under examination when the patient arrives.
-- Grain: one visit (an admission, or an emergency visit without one).
-- Source: leak-prevention rule 3. Triage vitals out of range are null. The chief complaint is that
-- of triage; only where triage has none, that of the summary.
with home_drugs as (
    select
        hadm_id,
        list(distinct drug_name order by drug_name) as names
    from {{ ref('int_drugs__home') }}
    group by hadm_id
),

past_diagnoses as (
    select
        hadm_id,
        list(distinct title order by title) as titles
    from {{ ref('int_history__past_diagnoses') }}
    group by hadm_id
),

sections as (
    select
        hadm_id,
        {% for section in [
            'chief_complaint', 'history', 'past_history', 'social_history', 'family_history',
            'allergies'
        ] -%}
            max(words) filter (where section = '{{ section }}') as {{ section }}
            {%- if not loop.last %},{% endif %}
        {% endfor -%}
    from {{ ref('int_notes__sections') }}
    group by hadm_id
)

select
    arrived.hadm_id,
    arrived.age_years,
    arrived.sex,
    arrived.arrival,
    coalesce(
        nullif(trim(arrived.chief_complaint), ''), sections.chief_complaint
    ) as chief_complaint,
    {{ celsius('triage.temperature_f') }} as temperature_c,
    {{ valid_vital('vital_hr', 'triage.heart_rate_bpm') }} as heart_rate_bpm,
    {{ valid_vital('vital_rr', 'triage.resp_rate_per_min') }} as resp_rate_per_min,
    {{ valid_vital('vital_spo2', 'triage.spo2_pct') }} as spo2_pct,
    {{ valid_vital('vital_sbp', 'triage.sbp_mmhg') }} as sbp_mmhg,
    {{ valid_vital('vital_dbp', 'triage.dbp_mmhg') }} as dbp_mmhg,
    nullif(trim(triage.pain), '') as pain,
    triage.acuity,
    coalesce(home_drugs.names, []) as home_drugs,
    coalesce(past_diagnoses.titles, []) as past_diagnoses,
    sections.history,
    sections.past_history,
    sections.social_history,
    sections.family_history,
    sections.allergies
from {{ ref('int_visits__arrived') }} as arrived
inner join {{ ref('int_admissions__examined') }} as examined
    on arrived.hadm_id = examined.hadm_id
left join {{ ref('stg_mimiciv_ed__triage') }} as triage
    on arrived.ed_stay_id = triage.stay_id
left join home_drugs
    on arrived.hadm_id = home_drugs.hadm_id
left join past_diagnoses
    on arrived.hadm_id = past_diagnoses.hadm_id
left join sections
    on arrived.hadm_id = sections.hadm_id
