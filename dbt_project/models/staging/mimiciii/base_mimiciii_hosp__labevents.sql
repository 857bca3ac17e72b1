-- MIMIC-III's laboratory results in the shape of MIMIC-IV's.
-- Grain: one result.
-- There is no storetime: a result counts as known a fixed time after it was taken
-- (`mimiciii_turnaround`). There are no specimens and no reference ranges: what was taken of a
-- patient in one minute is one specimen. The flag `delta` marks a change, not a value out of range.
with items as (
    select
        known.itemid as mimiciii_itemid,
        coalesce(mapped.itemid, known.itemid) as itemid,
        upper(known.category) = 'BLOOD GAS' as is_gas
    from {{ source('mimiciii', 'd_labitems') }} as known
    left join ({{ mimiciii_items('labevents') }}) as mapped
        on known.itemid = mapped.mimiciii_itemid
)

select
    labs.row_id as labevent_id,
    labs.subject_id,
    labs.hadm_id,
    {{ mimiciii_specimen('labs.subject_id', 'labs.charttime') }} as specimen_id,
    coalesce(items.itemid, labs.itemid) as itemid,
    cast(null as varchar) as order_provider_id,
    labs.charttime,
    labs.charttime + case
        when items.is_gas then {{ mimiciii_turnaround('blood_gas') }}
        else {{ mimiciii_turnaround('lab') }}
    end as storetime,
    coalesce(words.value, labs.value) as value,
    labs.valuenum,
    labs.valueuom,
    cast(null as double) as ref_range_lower,
    cast(null as double) as ref_range_upper,
    case when labs.flag = 'abnormal' then labs.flag end as flag,
    cast(null as varchar) as priority,
    cast(null as varchar) as comments
from {{ source('mimiciii', 'labevents') }} as labs
left join items
    on labs.itemid = items.mimiciii_itemid
left join {{ ref('mimiciii_words') }} as words
    on
        items.itemid = words.itemid
        and labs.value = words.mimiciii_value
