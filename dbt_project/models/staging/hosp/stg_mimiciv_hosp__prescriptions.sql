-- Prescribed medications.
-- Grain: one prescribed drug of an order.
select
    landed.subject_id,
    landed.hadm_id,
    landed.pharmacy_id,
    landed.poe_id,
    landed.poe_seq,
    landed.order_provider_id,
    landed.starttime as started_at,
    landed.stoptime as stopped_at,
    landed.drug_type,
    landed.drug as drug_name,
    landed.formulary_drug_cd,
    landed.gsn,
    landed.ndc,
    landed.prod_strength,
    landed.form_rx,
    landed.dose_val_rx,
    landed.dose_unit_rx,
    landed.form_val_disp,
    landed.form_unit_disp,
    landed.doses_per_24_hrs as doses_per_day,
    landed.route
from {{ raw('hosp', 'prescriptions') }} as landed
