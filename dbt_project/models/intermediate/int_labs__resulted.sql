-- Laboratory results of the admissions under examination, joined to the catalogue.
-- Grain: one result.
-- Source: README of the clinical catalogues. charted_at is when the specimen was taken, stored_at
-- when the result could be seen. A result without stored_at has no availability: it is kept here,
-- and is no evidence. Comments are never shown; of a result without number and text only a
-- numeric limit at the start of the comment is taken over (`<0.01.  cTropnT > 0.10 suggests ...`
-- gives `<0.01`). The redaction `___` is no value. Arterial and venous gases share items: item
-- 52033 of the specimen tells them apart.
with items as (
    select
        test_items.test_id,
        cast(test_items.match_value as bigint) as itemid
    from {{ ref('test_items') }} as test_items
    inner join {{ ref('test_catalogue') }} as test_catalogue
        on test_items.test_id = test_catalogue.test_id
    where
        test_items.source_table = 'hosp.labevents'
        and test_catalogue.kind = 'lab'
),

events as (
    {{ rows_of_examined(ref('stg_mimiciv_hosp__labevents'), 'charted_at') }}
),

gases as (
    select
        specimen_id,
        case min(value_text)
            when 'ART.' then 'Blood, arterial'
            when 'VEN.' then 'Blood, venous'
            when 'MIX.' then 'Blood, mixed venous'
            when 'CENTRAL VENOUS.' then 'Blood, central venous'
        end as specimen
    from events
    where itemid = 52033
    group by specimen_id
),

valued as (
    select
        events.*,
        case
            when trim(events.value_text) not in ('', '___') then trim(events.value_text)
            when events.value_num is not null then {{ number_text('events.value_num') }}
            else
                nullif(
                    regexp_extract(
                        events.comments,
                        '^\s*([<>]=?\s*(?:\d+(?:\.\d+)?|\.\d+))\s*\*?\.?(?:\s|$)',
                        1
                    ),
                    ''
                )
        end as shown_text
    from events
)

select
    valued.labevent_id,
    valued.examined_hadm_id as hadm_id,
    items.test_id,
    valued.itemid,
    dictionary.label,
    coalesce(gases.specimen, dictionary.fluid) as specimen,
    valued.shown_text as value_text,
    case when isfinite(valued.value_num) then valued.value_num end as value_num,
    nullif(trim(valued.value_unit), '') as unit,
    valued.ref_low,
    valued.ref_high,
    valued.flag,
    valued.charted_at as taken_at,
    -- `greatest` passes over nulls: without stored_at there is no availability.
    case
        when valued.stored_at is not null then greatest(valued.stored_at, valued.charted_at)
    end as available_at
from valued
inner join items
    on valued.itemid = items.itemid
left join {{ ref('stg_mimiciv_hosp__d_labitems') }} as dictionary
    on valued.itemid = dictionary.itemid
left join gases
    on
        valued.specimen_id = gases.specimen_id
        and dictionary.category = 'Blood Gas'
where
    valued.charted_at is not null
    and valued.shown_text is not null
