-- Saturations are percentages, and a pair belongs to its stay.
{{ config(severity=severity_of_faults()) }}
select
    pairs.subject_id,
    pairs.stay_id,
    pairs.taken_at
from {{ ref('stg_mimiciv_pulseox__pulseox_data') }} as pairs
left join {{ ref('stg_mimiciv_icu__icustays') }} as stays
    on pairs.stay_id = stays.stay_id
where
    pairs.sao2_pct not between 20 and 100
    or pairs.spo2_pct not between 20 and 100
    or pairs.taken_at < stays.arrived_at
    or pairs.taken_at > stays.left_at
