-- Ranges: macros/plausibility.sql. Real data: the open demo has no fault here.
{{ config(severity=severity_of_faults()) }}
with ranges as (
    {% for item, analyte, low, high in laboratory_ranges() -%}
        select
            {{ item }} as itemid,
            '{{ analyte }}' as analyte,
            {{ low }} as low,
            {{ high }} as high
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}
)

select
    ranges.analyte,
    count(*) as faults
from {{ ref('stg_mimiciv_hosp__labevents') }} as labs
inner join ranges
    on labs.itemid = ranges.itemid
where labs.value_num not between ranges.low and ranges.high
group by ranges.analyte
