-- Cultures and other microbiology, with sensitivities.
-- Grain: one organism and antibiotic of one test of one specimen.
select
    landed.microevent_id,
    landed.subject_id,
    landed.hadm_id,
    landed.micro_specimen_id,
    landed.order_provider_id,
    cast(landed.chartdate as date) as charted_on,
    landed.charttime as charted_at,
    landed.spec_itemid,
    landed.spec_type_desc as specimen,
    landed.test_seq,
    cast(landed.storedate as date) as stored_on,
    landed.storetime as stored_at,
    landed.test_itemid,
    landed.test_name,
    landed.org_itemid,
    landed.org_name,
    landed.isolate_num,
    landed.quantity,
    landed.ab_itemid as antibiotic_itemid,
    landed.ab_name as antibiotic_name,
    landed.dilution_text,
    landed.dilution_comparison,
    landed.dilution_value,
    landed.interpretation,
    landed.comments
from {{ raw('hosp', 'microbiologyevents') }} as landed
