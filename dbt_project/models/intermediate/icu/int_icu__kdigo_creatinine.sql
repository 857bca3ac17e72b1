-- Stage of acute kidney injury by creatinine.
-- Grain: one intensive care stay and moment, from 7 days before the stay to its end.
-- Source: icu-definitions.md section 9 (KDIGO 2012). `low7` and `low48` are the lowest creatinine
-- of the 7 days and 48 hours before, this one excluded; without them nothing is known to have
-- risen. Results at one moment are averaged. Ratios and rises are compared at 4 decimals: 1.4 is
-- 0.3 more than 1.1, whatever binary fractions say.
with results as (
    select
        stays.stay_id,
        labs.charted_at,
        round(avg(labs.value_num), 4) as creatinine_mg_dl
    from {{ ref('int_icu__labs') }} as labs
    inner join {{ ref('int_icu__stays') }} as stays
        on labs.subject_id = stays.subject_id
    where
        labs.measure = 'creatinine_mg_dl'
        and labs.charted_at >= stays.arrived_at - interval 7 days
        and labs.charted_at <= coalesce(stays.left_at, stays.clock_to)
    group by stays.stay_id, labs.charted_at
),

lows as (
    select
        stay_id,
        charted_at,
        {% for name, span in [('low7', '7 days'), ('low48', '48 hours')] -%}
            min(creatinine_mg_dl) over (
                partition by stay_id
                order by charted_at
                range between interval {{ span }} preceding and interval 1 microsecond preceding
            ) as {{ name }}_mg_dl,
        {% endfor -%}
        creatinine_mg_dl
    from results
),

risen as (
    select
        *,
        round(creatinine_mg_dl / low7_mg_dl, 4) as ratio,
        round(creatinine_mg_dl - low48_mg_dl, 4) as rise_mg_dl
    from lows
)

select
    stay_id,
    charted_at,
    creatinine_mg_dl,
    low7_mg_dl,
    low48_mg_dl,
    case
        when ratio >= 3 then 3
        when creatinine_mg_dl >= 4 and (rise_mg_dl >= 0.3 or ratio >= 1.5) then 3
        when ratio >= 2 then 2
        when rise_mg_dl >= 0.3 or ratio >= 1.5 then 1
        else 0
    end as stage
from risen
