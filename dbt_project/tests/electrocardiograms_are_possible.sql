-- Waves follow each other, intervals and axes are those of a heart; 29999 is missing.
-- Real data: machines measure noise, too.
{{ config(severity=severity_of_faults()) }}
with measured as (
    select
        study_id,
        nullif(rr_interval_ms, 29999) as rr_interval_ms,
        nullif(p_onset_ms, 29999) as p_onset_ms,
        nullif(p_end_ms, 29999) as p_end_ms,
        nullif(qrs_onset_ms, 29999) as qrs_onset_ms,
        nullif(qrs_end_ms, 29999) as qrs_end_ms,
        nullif(t_end_ms, 29999) as t_end_ms,
        nullif(p_axis_deg, 29999) as p_axis_deg,
        nullif(qrs_axis_deg, 29999) as qrs_axis_deg,
        nullif(t_axis_deg, 29999) as t_axis_deg
    from {{ ref('stg_mimiciv_ecg__machine_measurements') }}
)

select study_id
from measured
where
    rr_interval_ms not between 150 and 4000
    or p_end_ms < p_onset_ms
    or qrs_onset_ms < p_end_ms
    or qrs_end_ms - qrs_onset_ms not between 30 and 300
    or t_end_ms < qrs_end_ms
    or p_axis_deg not between -360 and 360
    or qrs_axis_deg not between -360 and 360
    or t_axis_deg not between -360 and 360
