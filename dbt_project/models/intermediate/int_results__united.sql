-- Every result of the admissions under examination that has a text to show, of every kind.
-- Grain: one result and catalogue test. Which scenario may see it, and by when, the marts decide.
-- The report of a chest film comes with the file of its picture, where there is one.
select
    hadm_id,
    test_id,
    'lab' as kind,
    label,
    specimen,
    value_text,
    value_num,
    unit,
    ref_low,
    ref_high,
    flag,
    taken_at,
    available_at,
    cast(null as varchar) as film_image
from {{ ref('int_labs__resulted') }}
union all
select
    hadm_id,
    test_id,
    'micro' as kind,
    label,
    specimen,
    value_text,
    cast(null as double) as value_num,
    cast(null as varchar) as unit,
    cast(null as double) as ref_low,
    cast(null as double) as ref_high,
    stage as flag,
    taken_at,
    available_at,
    cast(null as varchar) as film_image
from {{ ref('int_cultures__resulted') }}
union all
select
    hadm_id,
    test_id,
    'vital' as kind,
    label,
    cast(null as varchar) as specimen,
    value_text,
    value_num,
    unit,
    cast(null as double) as ref_low,
    cast(null as double) as ref_high,
    cast(null as varchar) as flag,
    taken_at,
    available_at,
    cast(null as varchar) as film_image
from {{ ref('int_vitals__charted') }}
union all
select
    hadm_id,
    test_id,
    'lab' as kind,
    label,
    'Blood' as specimen,
    value_text,
    value_num,
    unit,
    cast(null as double) as ref_low,
    cast(null as double) as ref_high,
    cast(null as varchar) as flag,
    taken_at,
    available_at,
    cast(null as varchar) as film_image
from {{ ref('int_oximetry__paired') }}
union all
select
    reports.hadm_id,
    reports.test_id,
    'imaging' as kind,
    reports.label,
    cast(null as varchar) as specimen,
    reports.value_text,
    cast(null as double) as value_num,
    cast(null as varchar) as unit,
    cast(null as double) as ref_low,
    cast(null as double) as ref_high,
    cast(null as varchar) as flag,
    reports.taken_at,
    reports.available_at,
    films.file_path as film_image
from {{ ref('int_imaging__reported') }} as reports
left join {{ ref('int_films__pictured') }} as films
    on
        reports.hadm_id = films.hadm_id
        and reports.note_id = films.note_id
        and reports.test_id = 'img_xr_chest'
where reports.value_text is not null
{% for model, kind in [
    ('int_echo__made', 'imaging'), ('int_ecg__read', 'ecg'), ('int_notes__examined', 'exam')
] -%}
    union all
    select
        hadm_id,
        test_id,
        '{{ kind }}' as kind,
        label,
        cast(null as varchar) as specimen,
        value_text,
        cast(null as double) as value_num,
        cast(null as varchar) as unit,
        cast(null as double) as ref_low,
        cast(null as double) as ref_high,
        cast(null as varchar) as flag,
        taken_at,
        available_at,
        cast(null as varchar) as film_image
    from {{ ref(model) }}
    where value_text is not null
{% endfor -%}
