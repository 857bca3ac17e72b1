-- Urine output with its rate over the last 6, 12 and 24 hours.
-- Grain: one intensive care stay and moment.
-- Source: icu-definitions.md section 4. Irrigant that goes in (227488) counts negative. A row
-- stands for the time since the row before, the first for the time since the clock started: those
-- are the documented hours. A window holds the rows later than 6, 12 or 24 hours before the row.
-- The rate is volume / weight / documented hours, and null unless as many hours are documented as
-- the window has.
with volumes as (
    select
        stay_id,
        charted_at,
        sum(
            case
                when itemid = 227488 and volume_ml > 0 then -volume_ml
                else volume_ml
            end
        ) as urine_ml
    from {{ ref('stg_mimiciv_icu__outputevents') }}
    where
        itemid in (
            226559, 226560, 226561, 226584, 226563, 226564, 226565, 226567, 226557, 226558,
            227488, 227489
        )
        and isfinite(volume_ml)
        and charted_at is not null
    group by stay_id, charted_at
),

spanned as (
    select
        volumes.stay_id,
        volumes.charted_at,
        round(volumes.urine_ml, 4) as urine_ml,
        greatest(
            {{ hours_between(
                'coalesce(lag(volumes.charted_at) over (partition by volumes.stay_id'
                ~ ' order by volumes.charted_at), stays.clock_from)',
                'volumes.charted_at'
            ) }},
            0
        ) as span_hours
    from volumes
    inner join {{ ref('int_icu__stays') }} as stays
        on volumes.stay_id = stays.stay_id
),

windows as (
    select
        stay_id,
        charted_at,
        {% for hours in [6, 12, 24] -%}
            round(
                sum(urine_ml) over (
                    partition by stay_id
                    order by charted_at
                    range between interval {{ hours * 3600 - 1 }} seconds preceding and current row
                ),
                4
            ) as urine_{{ hours }}h_ml,
            round(
                sum(span_hours) over (
                    partition by stay_id
                    order by charted_at
                    range between interval {{ hours * 3600 - 1 }} seconds preceding and current row
                ),
                4
            ) as documented_{{ hours }}h,
        {% endfor -%}
        urine_ml,
        span_hours
    from spanned
)

select
    windows.stay_id,
    windows.charted_at,
    windows.urine_ml,
    windows.span_hours,
    {% for hours in [6, 12, 24] -%}
        windows.urine_{{ hours }}h_ml,
        windows.documented_{{ hours }}h,
        case
            when windows.documented_{{ hours }}h >= {{ hours }}
                then
                    round(
                        windows.urine_{{ hours }}h_ml
                        / weights.weight_kg
                        / windows.documented_{{ hours }}h,
                        4
                    )
        end as rate_{{ hours }}h_ml_kg_h,
    {% endfor -%}
    weights.weight_kg
from windows
left join {{ ref('int_icu__weights') }} as weights
    on
        windows.stay_id = weights.stay_id
        and windows.charted_at > weights.started_at
        and windows.charted_at <= weights.ended_at
