-- 12-lead ECGs of the admissions under examination, as the machine read and measured them.
-- Grain: one ECG.
-- Source: notes-and-imaging.md section 5. The machine prints at once: available five minutes after
-- the recording. One text: its statements in their order, then what it measured, then what medcred
-- found in the waveform where it was read (docs/waveforms.md; same bounds). Rate is 60,000 by
-- the RR interval; PR, QRS and QT are from the marks of onset and end; QTc by Bazett. 29999 is a
-- missing mark; a measure beyond what a heart can do is left out (the bounds below), since then a
-- mark was set wrongly. A record with neither has no value (done, nothing to show). A machine's
-- reading is not a cardiologist's, and is what stands on the page that a clinician is handed.
{%- set statements = [] -%}
{%- for number in range(18) -%}
    {%- do statements.append("nullif(trim(measured.report_" ~ number ~ "), '')") -%}
{%- endfor %}
with marks as (
    select
        study_id,
        {% for mark in [
            'rr_interval_ms', 'p_onset_ms', 'qrs_onset_ms', 'qrs_end_ms', 't_end_ms', 'p_axis_deg',
            'qrs_axis_deg', 't_axis_deg'
        ] -%}
            nullif({{ mark }}, 29999) as {{ mark }}
            {%- if not loop.last %},{% endif %}
        {% endfor -%}
    from {{ ref('stg_mimiciv_ecg__machine_measurements') }}
),

intervals as (
    select
        study_id,
        {% for name, measure, lowest, highest in [
            ('rr_ms', 'rr_interval_ms', 200, 4000),
            ('pr_ms', 'qrs_onset_ms - p_onset_ms', 60, 600),
            ('qrs_ms', 'qrs_end_ms - qrs_onset_ms', 40, 300),
            ('qt_ms', 't_end_ms - qrs_onset_ms', 150, 900),
            ('p_axis', 'p_axis_deg', -180, 360),
            ('qrs_axis', 'qrs_axis_deg', -180, 360),
            ('t_axis', 't_axis_deg', -180, 360),
        ] -%}
            case
                when {{ measure }} between {{ lowest }} and {{ highest }}
                    then cast({{ measure }} as integer)
            end as {{ name }}
            {%- if not loop.last %},{% endif %}
        {% endfor -%}
    from marks
),

measures as (
    select
        study_id,
        concat_ws(
            ', ',
            'rate ' || cast(round(60000.0 / rr_ms) as integer) || '/min',
            'PR ' || pr_ms || ' ms',
            'QRS ' || qrs_ms || ' ms',
            'QT ' || qt_ms || ' ms',
            'QTc ' || cast(round(qt_ms / sqrt(rr_ms / 1000.0)) as integer) || ' ms (Bazett)',
            'P axis ' || p_axis,
            'QRS axis ' || qrs_axis,
            'T axis ' || t_axis
        ) as words
    from intervals
),

waveforms as (
    select
        study_id,
        concat(
            'rate ', cast(round(rate_per_min) as integer), '/min, RR ',
            cast(round(rr_mean_ms) as integer), ' ms (SD ', cast(round(rr_sd_ms) as integer), ')'
        ) as words
    from {{ ref('stg_mimiciv_ecg__waveform_measurements') }}
    where rr_mean_ms between 200 and 4000
),

recorded as (
    select
        records.subject_id,
        records.study_id,
        records.recorded_at,
        -- No ECG names its admission.
        cast(null as bigint) as hadm_id,
        nullif(
            concat_ws(
                '; ',
                {{ statements | join(', ') }},
                'measured: ' || nullif(measures.words, ''),
                'waveform: ' || waveforms.words
            ),
            ''
        ) as statements
    from {{ ref('stg_mimiciv_ecg__record_list') }} as records
    left join {{ ref('stg_mimiciv_ecg__machine_measurements') }} as measured
        on records.study_id = measured.study_id
    left join measures
        on records.study_id = measures.study_id
    left join waveforms
        on records.study_id = waveforms.study_id
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
