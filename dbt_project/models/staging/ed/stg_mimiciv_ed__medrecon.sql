-- Medication reconciliation: what the patient took before arrival.
-- Grain: one class of one home drug.
select
    landed.subject_id,
    landed.stay_id,
    landed.charttime as charted_at,
    landed.name as drug_name,
    landed.gsn,
    landed.ndc,
    landed.etc_rn,
    landed.etccode as etc_code,
    landed.etcdescription as etc_description
from {{ raw('ed', 'medrecon') }} as landed
