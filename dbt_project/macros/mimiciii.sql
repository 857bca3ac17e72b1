{#- How long after it was taken a result of MIMIC-III counts as known: III has no storetime for it.
    Results are at or above the 90th percentile of storetime - charttime in the open demo of MIMIC-IV
    2.2 (docs/decisions/mimiciii.md has the figures and the query). Reports of radiology: no open
    data has them; a generous guess. -#}
{% macro mimiciii_turnaround(kind) -%}
    {%- set hours = {'blood_gas': 0.25, 'lab': 3, 'culture': 150, 'report': 12} -%}
    to_minutes({{ (60 * hours[kind]) | int }})
{%- endmacro %}

{#- When something happened of which perhaps only the date is known: then at the day's end, so that
    nothing is seen too early. -#}
{% macro mimiciii_moment(time, day) -%}
    coalesce({{ time }}, cast(cast({{ day }} as date) as timestamp) + interval '23:59:59')
{%- endmacro %}

{#- A number that stands for a specimen: MIMIC-III has none. What is taken of a patient in one
    minute (and, with `item`, of one kind: 70001 to 70999) is one specimen. Patient, kind and minutes
    since 2050 in one number: a BIGINT holds it for patients below 90 million and years to 2240. -#}
{% macro mimiciii_specimen(subject, moment, item=none) -%}
    {{ subject }} * 100000000000
    {%- if item %} + (coalesce({{ item }}, 70000) - 70000) * 100000000{% endif %}
    + coalesce(date_diff('minute', timestamp '2050-01-01', {{ moment }}), 0)
{%- endmacro %}

{#- A text without MIMIC-III's marks of what was removed (`[**Known lastname 12**]`), which hold
    shifted dates and stand-in names; MIMIC-IV writes `___`. -#}
{% macro mimiciii_text(text) -%}
    regexp_replace({{ text }}, '\[\*\*[^\]]*\*\*\]', '___', 'g')
{%- endmacro %}

{#- An intensive care unit by its name in MIMIC-IV. -#}
{% macro mimiciii_care_unit(unit) -%}
    case {{ unit }}
        when 'MICU' then 'Medical Intensive Care Unit (MICU)'
        when 'SICU' then 'Surgical Intensive Care Unit (SICU)'
        when 'CCU' then 'Coronary Care Unit (CCU)'
        when 'CSRU' then 'Cardiac Vascular Intensive Care Unit (CVICU)'
        when 'TSICU' then 'Trauma SICU (TSICU)'
        when 'NICU' then 'Neonatal Intensive Care Unit (NICU)'
        else {{ unit }}
    end
{%- endmacro %}

{#- Items of one events table of MIMIC-III and what MIMIC-IV calls them. -#}
{% macro mimiciii_items(events_table) -%}
    select
        mimiciii_itemid,
        itemid,
        label
    from {{ ref('mimiciii_items') }}
    where events_table = '{{ events_table }}'
{%- endmacro %}
