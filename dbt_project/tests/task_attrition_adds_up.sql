-- In every category of the kinds that ask more than a diagnosis, selected and all reasons together
-- are all units of the source.
with totals as (
    select
        category,
        sum(units) as units
    from {{ ref('task_attrition') }}
    group by category
),

expected as (
    select
        'intensive_care_24h' as category,
        count(*) as units
    from {{ ref('stg_mimiciv_icu__icustays') }}
    union all
    select
        'emergency_triage' as category,
        count(*) as units
    from {{ ref('stg_mimiciv_ed__edstays') }}
    {% for category in ['chest_film_image', 'chest_film_findings', 'chest_film_both'] -%}
        union all
        select
            '{{ category }}' as category,
            count(distinct study_id) as units
        from {{ ref('stg_mimiciv_cxr__metadata') }}
    {% endfor %}
)

select
    expected.category,
    expected.units,
    totals.units as counted
from expected
left join totals
    on expected.category = totals.category
where expected.units != coalesce(totals.units, 0)
