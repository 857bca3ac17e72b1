-- Stage of acute kidney injury by creatinine, urine and continuous renal replacement.
-- Grain: one intensive care stay and moment at which one of them was charted.
-- Source: icu-definitions.md section 9 (KDIGO 2012). Urine counts from 6 hours after admission to
-- the unit. A charted mode of continuous replacement (227290) is stage 3. The stage is the highest
-- of the three; the smoothed stage the highest of the last 6 hours.
with creatinine as (
    select
        stay_id,
        charted_at,
        stage as creatinine_stage,
        cast(null as integer) as urine_stage,
        cast(null as integer) as crrt_stage
    from {{ ref('int_icu__kdigo_creatinine') }}
),

urine as (
    select
        outputs.stay_id,
        outputs.charted_at,
        cast(null as integer) as creatinine_stage,
        case
            when outputs.charted_at <= stays.arrived_at + interval 6 hours then 0
            when outputs.rate_24h_ml_kg_h < 0.3 then 3
            when outputs.rate_12h_ml_kg_h <= 0 then 3
            when outputs.rate_12h_ml_kg_h < 0.5 then 2
            when outputs.rate_6h_ml_kg_h < 0.5 then 1
            when outputs.rate_6h_ml_kg_h is not null then 0
        end as urine_stage,
        cast(null as integer) as crrt_stage
    from {{ ref('int_icu__urine_output') }} as outputs
    inner join {{ ref('int_icu__stays') }} as stays
        on outputs.stay_id = stays.stay_id
),

crrt as (
    select distinct
        stay_id,
        charted_at,
        cast(null as integer) as creatinine_stage,
        cast(null as integer) as urine_stage,
        3 as crrt_stage
    from {{ ref('int_icu__charted') }}
    where itemid = 227290
),

united as (
    select * from creatinine
    union all
    select * from urine
    union all
    select * from crrt
),

staged as (
    select
        stay_id,
        charted_at,
        max(creatinine_stage) as creatinine_stage,
        max(urine_stage) as urine_stage,
        max(crrt_stage) as crrt_stage,
        greatest(max(creatinine_stage), max(urine_stage), max(crrt_stage)) as stage
    from united
    group by stay_id, charted_at
    having stage is not null
)

select
    stay_id,
    charted_at,
    creatinine_stage,
    urine_stage,
    crrt_stage,
    stage,
    max(stage) over (
        partition by stay_id
        order by charted_at
        range between interval 6 hours preceding and current row
    ) as stage_smoothed
from staged
