-- 12-lead ECGs of the admissions under examination, as the machine read them.
-- Grain: one ECG.
-- Source: notes-and-imaging.md section 5. The machine prints its statements at once: available
-- five minutes after the recording. They are one text, in their order; a record without any has
-- no value (done, nothing to show). A machine's reading is not a cardiologist's, and is what
-- stands on the page that a clinician is handed.
{%- set statements = [] -%}
{%- for number in range(18) -%}
    {%- do statements.append("nullif(trim(measured.report_" ~ number ~ "), '')") -%}
{%- endfor %}
with recorded as (
    select
        records.subject_id,
        records.study_id,
        records.recorded_at,
        -- No ECG names its admission.
        cast(null as bigint) as hadm_id,
        nullif(
            concat_ws('; ', {{ statements | join(', ') }}), ''
        ) as statements
    from {{ ref('stg_mimiciv_ecg__record_list') }} as records
    left join {{ ref('stg_mimiciv_ecg__machine_measurements') }} as measured
        on records.study_id = measured.study_id
),

events as (
    {{ rows_of_examined('recorded', 'recorded_at') }}
)

select
    examined_hadm_id as hadm_id,
    study_id,
    'ecg_12lead' as test_id,
    '12-lead ECG, machine reading' as label,
    statements as value_text,
    recorded_at as taken_at,
    recorded_at + interval 5 minutes as available_at
from events
