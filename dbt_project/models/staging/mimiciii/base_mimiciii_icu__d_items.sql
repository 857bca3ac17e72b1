-- MIMIC-III's dictionary of intensive care items in the shape of MIMIC-IV's.
-- Grain: one item: those of MIMIC-III, and those of MIMIC-IV that only the map names.
-- CareVue items have neither abbreviation nor type.
with known as (
    select
        itemid,
        coalesce(label, 'unnamed') as label,
        coalesce(abbreviation, label, 'unnamed') as abbreviation,
        case
            when starts_with(linksto, 'inputevents') then 'inputevents'
            when linksto = 'procedureevents_mv' then 'procedureevents'
            else linksto
        end as linksto,
        coalesce(category, 'CareVue') as category,
        unitname,
        coalesce(param_type, 'CareVue') as param_type
    from {{ source('mimiciii', 'd_items') }}
),

added as (
    select
        itemid,
        min(label) as label,
        min(label) as abbreviation,
        min(replace(events_table, '_cv', '')) as linksto,
        'CareVue' as category,
        cast(null as varchar) as unitname,
        'CareVue' as param_type
    from {{ ref('mimiciii_items') }}
    where
        events_table in ('chartevents', 'inputevents_cv', 'outputevents')
        and itemid not in (select known.itemid from known)
    group by itemid
)

select
    *,
    cast(null as double) as lownormalvalue,
    cast(null as double) as highnormalvalue
from known
union all
select
    *,
    cast(null as double) as lownormalvalue,
    cast(null as double) as highnormalvalue
from added
