-- Whether organs were supported, in the first day of a stay and in the one after: never shown.
-- Grain: one intensive care stay; every stay of the source is here.
-- Source: icu-definitions.md sections 0, 5, 6, 9; docs/decisions/icu-severity.md. Ventilation is
-- InvasiveVent alone. First day: a vasopressor started, or renal replacement ran, from 6 hours
-- before to 24 hours after admission to the unit; ventilation ran in the 24 hours after. At 24 h:
-- it ran at that moment. Next day: it ran at some time in (24 h, 48 h]. A stay that ended before 24
-- h has null in the last two.
with stays as (
    select
        subject_id,
        hadm_id,
        stay_id,
        arrived_at,
        arrived_at + interval 24 hours as day_1_ends_at,
        coalesce(left_at, clock_to) >= arrived_at + interval 24 hours as is_day_1_whole
    from {{ ref('int_icu__stays') }}
),

runs as (
    select
        stay_id,
        'vasopressor' as support,
        started_at,
        ended_at
    from {{ ref('int_icu__vasoactives') }}
    where is_vasopressor
    union all
    select
        stay_id,
        'ventilation' as support,
        started_at,
        ended_at
    from {{ ref('int_icu__ventilation') }}
    where status = 'InvasiveVent'
    union all
    select
        stay_id,
        'renal_replacement' as support,
        started_at,
        ended_at
    from {{ ref('int_icu__renal_replacement') }}
),

told as (
    select
        stays.stay_id,
        runs.support,
        bool_or(
            runs.started_at <= stays.day_1_ends_at
            and case runs.support
                when 'vasopressor' then runs.started_at >= stays.arrived_at - interval 6 hours
                when 'renal_replacement' then runs.ended_at >= stays.arrived_at - interval 6 hours
                else runs.ended_at >= stays.arrived_at
            end
        ) as has_first_day,
        bool_or(
            runs.started_at <= stays.day_1_ends_at and runs.ended_at >= stays.day_1_ends_at
        ) as has_at_24h,
        bool_or(
            runs.started_at <= stays.day_1_ends_at + interval 24 hours
            and runs.ended_at > stays.day_1_ends_at
        ) as has_next_day
    from stays
    inner join runs
        on stays.stay_id = runs.stay_id
    group by stays.stay_id, runs.support
)

select
    stays.subject_id,
    stays.hadm_id,
    stays.stay_id,
    stays.arrived_at,
    {% for support in ['vasopressor', 'ventilation', 'renal_replacement'] -%}
        coalesce({{ support }}.has_first_day, false) as has_{{ support }}_first_day,
        case
            when stays.is_day_1_whole then coalesce({{ support }}.has_at_24h, false)
        end as has_{{ support }}_at_24h,
        case
            when stays.is_day_1_whole then coalesce({{ support }}.has_next_day, false)
        end as has_{{ support }}_next_day,
    {% endfor -%}
    stays.day_1_ends_at
from stays
{% for support in ['vasopressor', 'ventilation', 'renal_replacement'] -%}
    left join told as {{ support }}
        on
            stays.stay_id = {{ support }}.stay_id
            and {{ support }}.support = '{{ support }}'
{% endfor %}
