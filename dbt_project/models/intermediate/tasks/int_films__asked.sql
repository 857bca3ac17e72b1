-- Chest films that are examined, in three modalities: what is asked and what is true. Private.
-- Grain: one study and category.
-- The film is all there is: it is shown at the time when it was taken, and nothing can be ordered.
{{ config(
    tags=['task'],
    meta={
        'categories': ['chest_film_image', 'chest_film_findings', 'chest_film_both'],
        'kind': 'radiology'
    }
) }}
{% for category, needs in [
    ('chest_film_image', ['films.file_path is not null']),
    ('chest_film_findings', ['reports.findings is not null']),
    ('chest_film_both', ['films.file_path is not null', 'reports.findings is not null']),
] -%}
    select
        '{{ category }}' as category,
        'radiology' as kind,
        cast(films.study_id as varchar) as unit_key,
        films.subject_id,
        films.hadm_id,
        films.taken_at as t0,
        films.taken_at as start_at,
        films.taken_at as decision_at,
        films.condition_id,
        cast(null as varchar) as target_code,
        cast(null as smallint) as target_version,
        films.answers
    from {{ ref('int_films__screened') }} as films
    inner join {{ ref('int_films__read') }} as reports
        on films.study_id = reports.study_id
    where films.failed_rule is null and {{ needs | join(' and ') }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
