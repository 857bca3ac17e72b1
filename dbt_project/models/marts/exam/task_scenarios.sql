-- What a candidate may be told in the kinds of scenario that ask more than a diagnosis.
-- Grain: one scenario.
-- Acuity is asked in `emergency`, so it is not told there. Triage vitals are told when the clock of
-- the scenario begins within 24 h of arrival: later they are old. A film stands for itself: besides
-- it only age and sex are told.
{{ config(post_hook="{{ export_mart('scenario_id') }}") }}
{%- set of_arrival = [
    'temperature_c', 'heart_rate_bpm', 'resp_rate_per_min', 'spo2_pct', 'sbp_mmhg', 'dbp_mmhg', 'pain'
] -%}
{%- set of_note = ['history', 'past_history', 'social_history', 'family_history', 'allergies'] %}
select
    tasks.scenario_id,
    tasks.category,
    {{ release_literal() }} as release, -- noqa: RF04
    tasks.kind,
    tasks.patient_key,
    tasks.start_hours,
    tasks.decision_hours,
    told.age_years,
    told.sex,
    {% for column in ['arrival', 'chief_complaint'] -%}
        case when tasks.kind != 'radiology' then told.{{ column }} end as {{ column }},
    {% endfor -%}
    {% for column in of_arrival -%}
        case
            when tasks.kind = 'emergency' then told.{{ column }}
            when tasks.kind = 'intensive_care' and tasks.t0 <= examined.t0 + interval 24 hours
                then told.{{ column }}
        end as {{ column }},
    {% endfor -%}
    case
        when tasks.kind = 'intensive_care' and tasks.t0 <= examined.t0 + interval 24 hours
            then told.acuity
    end as acuity,
    case when tasks.kind = 'radiology' then [] else told.home_drugs end as home_drugs,
    case when tasks.kind = 'radiology' then [] else told.past_diagnoses end as past_diagnoses,
    {% for column in of_note -%}
        case when tasks.kind != 'radiology' then told.{{ column }} end as {{ column }},
    {% endfor -%}
    films.view_position as film_view,
    reports.indication as film_indication,
    case
        when tasks.category in ('chest_film_findings', 'chest_film_both') then reports.findings
    end as film_findings,
    case
        when tasks.category in ('chest_film_image', 'chest_film_both') then films.file_path
    end as film_image
from {{ ref('int_tasks__united') }} as tasks
inner join {{ ref('int_presentations__told') }} as told
    on tasks.hadm_id = told.hadm_id
inner join {{ ref('int_admissions__examined') }} as examined
    on tasks.hadm_id = examined.hadm_id
left join {{ ref('int_films__screened') }} as films
    on
        tasks.kind = 'radiology'
        and tasks.unit_key = cast(films.study_id as varchar)
left join {{ ref('int_films__read') }} as reports
    on films.study_id = reports.study_id
