-- How many units each rule dropped in the kinds of scenario that ask more than a diagnosis.
-- Grain: one category and rule. For each category the rows add up to all units of the source:
-- intensive care stays, chest film studies, emergency visits.
-- `no_image` and `no_findings`: a film whose category shows what it has not.
{{ config(post_hook="{{ export_mart('category, rule_id') }}") }}
with units as (
    select
        'intensive_care_24h' as category,
        cast(stay_id as varchar) as unit_key,
        failed_rule
    from {{ ref('int_organ_support__screened') }}
    union all
    select
        'emergency_triage' as category,
        cast(ed_stay_id as varchar) as unit_key,
        failed_rule
    from {{ ref('int_triage__screened') }}
    {% for category in ['chest_film_image', 'chest_film_findings', 'chest_film_both'] -%}
        union all
        select
            '{{ category }}' as category,
            cast(films.study_id as varchar) as unit_key,
            coalesce(
                films.failed_rule,
                {% if category != 'chest_film_findings' -%}
                    case when films.file_path is null then 'no_image' end,
                {% endif -%}
                {% if category != 'chest_film_image' -%}
                    case when reports.findings is null then 'no_findings' end,
                {% endif -%}
                null
            ) as failed_rule
        from {{ ref('int_films__screened') }} as films
        left join {{ ref('int_films__read') }} as reports
            on films.study_id = reports.study_id
    {% endfor %}
)

select
    category,
    coalesce(failed_rule, 'selected') as rule_id,
    count(*) as units
from units
group by category, coalesce(failed_rule, 'selected')
