-- MIMIC-III's cultures in the shape of MIMIC-IV's.
-- Grain: one organism and antibiotic of one specimen, or a specimen without growth.
-- MIMIC-III names the specimen and not the test. Where the kind of specimen stands for one routine
-- culture the test is that one (mimiciii_items.csv); swabs and stools, which get many tests, have
-- none. When a culture was final is not known: six days and six hours after it was taken
-- (`mimiciii_turnaround`).
with mapped as (
    {{ mimiciii_items('microbiologyevents') }}
),

timed as (
    select
        *,
        {{ mimiciii_moment('charttime', 'chartdate') }} as moment
    from {{ source('mimiciii', 'microbiologyevents') }}
    where spec_type_desc is not null
)

select
    timed.row_id as microevent_id,
    timed.subject_id,
    timed.hadm_id,
    {{ mimiciii_specimen('timed.subject_id', 'timed.moment', 'timed.spec_itemid') }}
        as micro_specimen_id,
    cast(null as varchar) as order_provider_id,
    coalesce(timed.chartdate, timed.charttime) as chartdate,
    timed.charttime,
    coalesce(timed.spec_itemid, 70000) as spec_itemid,
    timed.spec_type_desc,
    cast(1 as bigint) as test_seq,
    date_trunc('day', timed.moment + {{ mimiciii_turnaround('culture') }}) as storedate,
    timed.moment + {{ mimiciii_turnaround('culture') }} as storetime,
    mapped.itemid as test_itemid,
    mapped.label as test_name,
    timed.org_itemid,
    timed.org_name,
    timed.isolate_num,
    cast(null as varchar) as quantity,
    timed.ab_itemid,
    timed.ab_name,
    timed.dilution_text,
    timed.dilution_comparison,
    timed.dilution_value,
    timed.interpretation,
    cast(null as varchar) as comments
from timed
left join mapped
    on timed.spec_itemid = mapped.mimiciii_itemid
