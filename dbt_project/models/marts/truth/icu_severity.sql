-- How ill each intensive care stay was: never shown.
-- Grain: one intensive care stay; every stay of the source is here.
-- Source: icu-definitions.md; docs/decisions/icu-severity.md says what the words leave open.
--
-- sofa_24h         SOFA at hour 24 of the stay's grid: each organ's worst score of the 24 hours up
--                  to then; of a shorter stay at its last hour.
-- sepsis3          at any time of the stay: an infection was suspected in the admission, and SOFA
--                  was 2 or more at the end of an hour from 48 h before to 24 h after.
-- kdigo_stage_48h  highest stage from admission to the unit to 48 h after; null when neither
--                  creatinine nor urine could be staged and no continuous replacement was charted.
-- ventilated_24h   an episode of InvasiveVent ran in the 24 h after admission to the unit.
-- vasopressor_24h  a vasopressor was started from 6 h before to 24 h after admission to the unit.
{{ config(post_hook="{{ export_mart('stay_id') }}") }}
with sofa as (
    select
        stay_id,
        max_by(sofa, hour_no) as sofa_24h
    from {{ ref('int_icu__sofa_hourly') }}
    where hour_no <= 24
    group by stay_id
),

kdigo as (
    select
        staged.stay_id,
        max(staged.stage) as kdigo_stage_48h
    from {{ ref('int_icu__kdigo') }} as staged
    inner join {{ ref('int_icu__stays') }} as stays
        on staged.stay_id = stays.stay_id
    where
        staged.charted_at >= stays.arrived_at
        and staged.charted_at <= stays.arrived_at + interval 48 hours
    group by staged.stay_id
)

select
    supported.stay_id,
    cast(sofa.sofa_24h as integer) as sofa_24h,
    sepsis.stay_id is not null as sepsis3,
    cast(kdigo.kdigo_stage_48h as integer) as kdigo_stage_48h,
    supported.has_ventilation_first_day as ventilated_24h,
    supported.has_vasopressor_first_day as vasopressor_24h
from {{ ref('int_icu__organ_support') }} as supported
inner join sofa
    on supported.stay_id = sofa.stay_id
left join kdigo
    on supported.stay_id = kdigo.stay_id
left join {{ ref('int_icu__sepsis3') }} as sepsis
    on supported.stay_id = sepsis.stay_id
