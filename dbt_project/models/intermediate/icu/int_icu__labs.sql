-- Laboratory results of patients who were ever in intensive care: the one reading of labevents for
-- the concepts of this folder.
-- Grain: one result.
-- Source: icu-definitions.md section 2, with its limits; a result outside them is an error and left
-- out. Item 52033 has words instead of a number: the specimen of a blood gas.
with items (itemid, measure, above, at_most) as (
    values
    {% for itemid, measure, above, at_most in icu_lab_items() -%}
        (
            {{ itemid }}, '{{ measure }}', {{ 'null' if above is none else above }},
            {{ 'null' if at_most is none else at_most }}
        ){{ ',' if not loop.last }}
    {% endfor %}
),

patients as (
    select distinct subject_id
    from {{ ref('stg_mimiciv_icu__icustays') }}
)

select
    labs.subject_id,
    labs.hadm_id,
    labs.specimen_id,
    items.measure,
    labs.charted_at,
    labs.value_num,
    case when labs.itemid = 52033 then upper(trim(labs.value_text)) end as words
from {{ ref('stg_mimiciv_hosp__labevents') }} as labs
inner join items
    on labs.itemid = items.itemid
inner join patients
    on labs.subject_id = patients.subject_id
where
    labs.itemid in ({{ icu_lab_items() | map(attribute=0) | join(', ') }})
    and labs.charted_at is not null
    and (
        labs.itemid = 52033
        or (
            isfinite(labs.value_num)
            and labs.value_num > coalesce(items.above, '-infinity'::double)
            and labs.value_num <= coalesce(items.at_most, 'infinity'::double)
        )
    )
