-- Procedures charted in intensive care; charting is not mandatory.
-- Grain: one charted procedure.
select
    landed.subject_id,
    landed.hadm_id,
    landed.stay_id,
    landed.caregiver_id,
    landed.starttime as started_at,
    landed.endtime as ended_at,
    landed.storetime as stored_at,
    landed.itemid,
    landed.value as duration_value,
    landed.valueuom as duration_unit,
    landed.location,
    landed.locationcategory as location_category,
    landed.orderid,
    landed.linkorderid as linked_orderid,
    landed.ordercategoryname as order_category,
    landed.ordercategorydescription as order_category_description,
    landed.patientweight as patient_weight_kg,
    cast(landed.isopenbag as boolean) as is_open_bag,
    cast(landed.continueinnextdept as boolean) as is_continued_in_next_unit,
    landed.statusdescription as status,
    landed.originalamount as original_amount,
    landed.originalrate as original_rate
from {{ raw('icu', 'procedureevents') }} as landed
