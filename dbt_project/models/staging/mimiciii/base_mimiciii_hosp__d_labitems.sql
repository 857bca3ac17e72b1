-- MIMIC-III's dictionary of laboratory items in the shape of MIMIC-IV's.
-- Grain: one laboratory item.
-- Most items are the same in both; those that MIMIC-IV knows by another number take its number and
-- name (mimiciii_items.csv).
with mapped as (
    {{ mimiciii_items('labevents') }}
)

select
    coalesce(mapped.itemid, known.itemid) as itemid,
    coalesce(mapped.label, known.label) as label,
    case upper(known.fluid)
        when 'BLOOD' then 'Blood'
        when 'URINE' then 'Urine'
        when 'STOOL' then 'Stool'
        when 'ASCITES' then 'Ascites'
        when 'JOINT FLUID' then 'Joint Fluid'
        when 'OTHER BODY FLUID' then 'Other Body Fluid'
        when 'CSF' then 'Cerebrospinal Fluid'
        when 'CEREBROSPINAL FLUID (CSF)' then 'Cerebrospinal Fluid'
        else known.fluid
    end as fluid,
    case upper(known.category)
        when 'BLOOD GAS' then 'Blood Gas'
        when 'CHEMISTRY' then 'Chemistry'
        when 'HEMATOLOGY' then 'Hematology'
        else known.category
    end as category
from {{ source('mimiciii', 'd_labitems') }} as known
left join mapped
    on known.itemid = mapped.mimiciii_itemid
