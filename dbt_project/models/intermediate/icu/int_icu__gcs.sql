-- Glasgow coma scale.
-- Grain: one intensive care stay and moment.
-- Source: icu-definitions.md section 3 (eye 220739, verbal 223900, motor 223901). A verbal answer
-- `No Response-ETT` means intubated: the verbal component is 0 and the total 15, since nobody can
-- tell. A missing component is taken from the row before if that is less than 6 h old, else it
-- counts as normal; so it does after a row that could not be told.
with moments as (
    select
        stay_id,
        charted_at,
        max(case when itemid = 220739 then value_num end) as eye,
        max(
            case
                when itemid != 223900 then null
                when words = 'No Response-ETT' then 0
                else value_num
            end
        ) as verbal_charted,
        max(case when itemid = 223901 then value_num end) as motor,
        bool_or(itemid = 223900 and coalesce(words, '') = 'No Response-ETT') as is_intubated
    from {{ ref('int_icu__charted') }}
    where
        itemid in (220739, 223900, 223901)
        and (value_num is not null or words = 'No Response-ETT')
    group by stay_id, charted_at
),

components as (
    select
        stay_id,
        charted_at,
        eye,
        case when is_intubated then 0 else verbal_charted end as verbal,
        motor,
        is_intubated
    from moments
),

preceded as (
    select
        *,
        lag(charted_at) over (partition by stay_id order by charted_at)
        > charted_at - interval 6 hours
        and not lag(is_intubated) over (partition by stay_id order by charted_at)
            as is_before_usable,
        lag(eye) over (partition by stay_id order by charted_at) as eye_before,
        lag(verbal) over (partition by stay_id order by charted_at) as verbal_before,
        lag(motor) over (partition by stay_id order by charted_at) as motor_before
    from components
)

select
    stay_id,
    charted_at,
    eye,
    verbal,
    motor,
    is_intubated,
    cast(
        case
            when is_intubated then 15
            else
                coalesce(eye, case when is_before_usable then eye_before end, 4)
                + coalesce(verbal, case when is_before_usable then verbal_before end, 5)
                + coalesce(motor, case when is_before_usable then motor_before end, 6)
        end as integer
    ) as gcs
from preceded
