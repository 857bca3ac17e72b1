-- Every result of the admissions under examination that has a text to show, of every kind.
-- Grain: one result and catalogue test. Which scenario may see it, and by when, the marts decide.
-- The report of a chest film comes with the file of its picture, where there is one.
{%- set columns = [
    ('specimen', 'varchar'), ('value_num', 'double'), ('unit', 'varchar'), ('ref_low', 'double'),
    ('ref_high', 'double'), ('flag', 'varchar'), ('film_image', 'varchar')
] -%}
{#- Model, kind, and what of the columns above it tells; the others are null. -#}
{%- set results = [
    ('int_labs__resulted', 'lab', {
        'specimen': 'results.specimen', 'value_num': 'results.value_num', 'unit': 'results.unit',
        'ref_low': 'results.ref_low', 'ref_high': 'results.ref_high', 'flag': 'results.flag'
    }),
    ('int_cultures__resulted', 'micro', {
        'specimen': 'results.specimen', 'flag': 'results.stage'
    }),
    ('int_vitals__charted', 'vital', {
        'value_num': 'results.value_num', 'unit': 'results.unit'
    }),
    ('int_oximetry__paired', 'lab', {
        'specimen': "'Blood'", 'value_num': 'results.value_num', 'unit': 'results.unit'
    }),
    ('int_imaging__reported', 'imaging', {'film_image': 'films.file_path'}),
    ('int_echo__made', 'imaging', {}),
    ('int_ecg__read', 'ecg', {}),
    ('int_notes__examined', 'exam', {}),
] -%}
{%- for model, kind, told in results %}
    select
        results.hadm_id,
        results.test_id,
        '{{ kind }}' as kind,
        results.label,
        results.value_text,
        {% for column, type in columns -%}
            {{ told.get(column, 'cast(null as ' ~ type ~ ')') }} as {{ column }},
        {% endfor -%}
        results.taken_at,
        results.available_at
    from {{ ref(model) }} as results
    {% if 'film_image' in told -%}
        left join {{ ref('int_films__pictured') }} as films
            on
                results.hadm_id = films.hadm_id
                and results.note_id = films.note_id
                and results.test_id = 'img_xr_chest'
    {% endif -%}
    where results.value_text is not null
    {% if not loop.last %}union all{% endif %}
{%- endfor %}
