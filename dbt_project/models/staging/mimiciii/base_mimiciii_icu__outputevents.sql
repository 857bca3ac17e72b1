-- MIMIC-III's outputs, of CareVue and of MetaVision, in the shape of MIMIC-IV's.
-- Grain: one item of a stay at a time.
-- CareVue's items take the number of the same output in MetaVision where there is one
-- (mimiciii_items.csv; urine as in MIT-LCP/mimic-code, concept urine_output of MIMIC-III). Where
-- two become one at the same time they are added. Rows charted in error are left out.
with items as (
    {{ mimiciii_items('outputevents') }}
)

select
    events.subject_id,
    events.hadm_id,
    events.icustay_id as stay_id,
    min(events.cgid) as caregiver_id,
    events.charttime,
    max(coalesce(events.storetime, events.charttime)) as storetime,
    coalesce(items.itemid, events.itemid) as itemid,
    -- Sums of doubles depend on the order: it is fixed.
    sum(events.value order by events.row_id) as value,
    min(events.valueuom) as valueuom
from {{ source('mimiciii', 'outputevents') }} as events
left join items
    on events.itemid = items.mimiciii_itemid
where
    coalesce(events.iserror, '') not in ('1', '1.0')
    and events.icustay_id is not null
    and events.hadm_id is not null
    and events.charttime is not null
    and events.value is not null
group by
    events.subject_id,
    events.hadm_id,
    events.icustay_id,
    events.charttime,
    coalesce(items.itemid, events.itemid)
