-- MIMIC-III's procedures of MetaVision units in the shape of MIMIC-IV's; CareVue charted none.
-- Grain: one charted procedure. Orders that were rewritten did not take place as written, and are
-- left out.
select
    subject_id,
    hadm_id,
    icustay_id as stay_id,
    cgid as caregiver_id,
    starttime,
    endtime,
    coalesce(storetime, endtime) as storetime,
    itemid,
    value,
    valueuom,
    location,
    locationcategory,
    coalesce(orderid, -row_id) as orderid,
    linkorderid,
    ordercategoryname,
    ordercategorydescription,
    cast(null as double) as patientweight,
    isopenbag,
    continueinnextdept,
    statusdescription,
    cast(null as double) as originalamount,
    cast(null as double) as originalrate
from {{ source('mimiciii', 'procedureevents_mv') }}
where
    icustay_id is not null
    and statusdescription is distinct from 'Rewritten'
