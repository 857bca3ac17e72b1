-- Laboratory results.
-- Grain: one result.
select
    landed.labevent_id,
    landed.subject_id,
    landed.hadm_id,
    landed.specimen_id,
    landed.itemid,
    landed.order_provider_id,
    landed.charttime as charted_at,
    landed.storetime as stored_at,
    landed.value as value_text,
    landed.valuenum as value_num,
    landed.valueuom as value_unit,
    landed.ref_range_lower as ref_low,
    landed.ref_range_upper as ref_high,
    landed.flag,
    landed.priority,
    landed.comments
from {{ raw('hosp', 'labevents') }} as landed
