-- Runs of renal replacement.
-- Grain: one run of one intensive care stay.
-- Source: icu-definitions.md section 9. A procedure runs from its start to its end. What is charted
-- at the machine are moments; those less than 4 hours apart belong to one run, since the machine is
-- read at least once in a nurse's round. Both tell of the same thing and may overlap.
with moments as (
    select distinct
        stay_id,
        charted_at
    from {{ ref('int_icu__charted') }}
    where
        itemid in ({{ icu_renal_replacement_items() | join(', ') }})
        and (itemid = 227290 or value_num is not null)
),

started as (
    select
        stay_id,
        charted_at,
        coalesce(
            charted_at
            >= lag(charted_at) over (partition by stay_id order by charted_at) + interval 4 hours,
            true
        ) as is_start
    from moments
),

numbered as (
    select
        stay_id,
        charted_at,
        count_if(is_start) over (partition by stay_id order by charted_at) as run_no
    from started
)

select
    stay_id,
    'charted' as source,
    cast(null as varchar) as modality,
    min(charted_at) as started_at,
    max(charted_at) as ended_at
from numbered
group by stay_id, run_no
union all
select
    stay_id,
    'procedure' as source,
    case
        when itemid = 225441 then 'hemodialysis'
        when itemid = 225805 then 'peritoneal dialysis'
        else 'continuous'
    end as modality,
    started_at,
    max(greatest(ended_at, started_at)) as ended_at
from {{ ref('stg_mimiciv_icu__procedureevents') }}
where
    itemid in (225441, 225802, 225803, 225809, 225955, 225805)
    and started_at is not null
    and stay_id is not null
group by stay_id, modality, started_at
