-- MIMIC-III's charted observations, of CareVue and of MetaVision, in the shape of MIMIC-IV's.
-- Grain: one charted observation.
-- MetaVision's items are those of MIMIC-IV. CareVue's take the number of the same observation in
-- MetaVision where there is one, and the words of its answers (mimiciii_items.csv,
-- mimiciii_words.csv); others keep their own. Rows that were charted in error, and rows of no stay,
-- are left out.
with items as (
    {{ mimiciii_items('chartevents') }}
),

charted as (
    select
        events.subject_id,
        events.hadm_id,
        events.icustay_id as stay_id,
        events.cgid as caregiver_id,
        events.charttime,
        events.storetime,
        coalesce(items.itemid, events.itemid) as itemid,
        events.value,
        events.valuenum,
        events.valueuom,
        events.warning
    from {{ source('mimiciii', 'chartevents') }} as events
    left join items
        on events.itemid = items.mimiciii_itemid
    where
        coalesce(events.error, 0) != 1
        and events.icustay_id is not null
        and events.hadm_id is not null
        and events.charttime is not null
)

select
    charted.subject_id,
    charted.hadm_id,
    charted.stay_id,
    charted.caregiver_id,
    charted.charttime,
    charted.storetime,
    charted.itemid,
    coalesce(words.value, charted.value) as value,
    charted.valuenum,
    charted.valueuom,
    charted.warning
from charted
left join {{ ref('mimiciii_words') }} as words
    on
        charted.itemid = words.itemid
        and charted.value = words.mimiciii_value
