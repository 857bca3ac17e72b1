-- Every result of the admissions under examination that has a text to show, of every kind.
-- Grain: one result and catalogue test. Which scenario may see it, and by when, the marts decide.
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
    available_at
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
    cast(null as varchar) as flag,
    taken_at,
    available_at
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
    available_at
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
    available_at
from {{ ref('int_oximetry__paired') }}
{% for model, kind in [
    ('int_imaging__reported', 'imaging'), ('int_echo__made', 'imaging'), ('int_ecg__read', 'ecg'),
    ('int_notes__examined', 'exam')
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
        available_at
    from {{ ref(model) }}
    where value_text is not null
{% endfor -%}
