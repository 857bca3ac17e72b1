-- Electronic medication administration record.
-- Grain: one administration event.
select
    landed.subject_id,
    landed.hadm_id,
    landed.emar_id,
    landed.emar_seq,
    landed.poe_id,
    landed.pharmacy_id,
    landed.enter_provider_id,
    landed.charttime as charted_at,
    landed.medication as drug_name,
    landed.event_txt as event,
    landed.scheduletime as scheduled_at,
    landed.storetime as stored_at
from {{ raw('hosp', 'emar') }} as landed
