-- Vital signs charted in intensive care.
-- Grain: one intensive care stay, moment and measure.
-- Source: icu-definitions.md section 1. Values out of range are left out, several at one moment are
-- averaged, degrees Fahrenheit become Celsius.
with items (itemid, measure, test_id) as (
    values
    {% for itemid, measure, test_id in icu_vital_items() -%}
        ({{ itemid }}, '{{ measure }}', '{{ test_id }}'){{ ',' if not loop.last }}
    {% endfor %}
),

valued as (
    select
        charted.subject_id,
        charted.stay_id,
        charted.charted_at,
        items.measure,
        items.test_id,
        case
            when charted.itemid = 223761 then {{ celsius('charted.value_num') }}
            else charted.value_num
        end as value_num
    from {{ ref('int_icu__charted') }} as charted
    inner join items
        on charted.itemid = items.itemid
)

select
    min(subject_id) as subject_id,
    stay_id,
    charted_at,
    measure,
    round(avg(value_num), 4) as value_num
from valued
where {{ is_valid_vital('test_id', 'value_num') }}
group by stay_id, charted_at, measure
