-- Ingredients of what was infused or fed.
-- Grain: one ingredient of an order.
select
    landed.subject_id,
    landed.hadm_id,
    landed.stay_id,
    landed.caregiver_id,
    landed.starttime as started_at,
    landed.endtime as ended_at,
    landed.storetime as stored_at,
    landed.itemid,
    landed.amount,
    landed.amountuom as amount_unit,
    landed.rate,
    landed.rateuom as rate_unit,
    landed.orderid,
    landed.linkorderid as linked_orderid,
    landed.statusdescription as status,
    landed.originalamount as original_amount,
    landed.originalrate as original_rate
from {{ raw('icu', 'ingredientevents') }} as landed
