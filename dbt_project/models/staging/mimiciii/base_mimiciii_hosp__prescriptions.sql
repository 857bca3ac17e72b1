-- MIMIC-III's prescriptions in the shape of MIMIC-IV's.
-- Grain: one prescribed drug.
-- MIMIC-III has dates without hours: a drug counts from the start of its date, but not before the
-- patient arrived. Numbers of pharmacy entries are those of the rows.
select
    ordered.subject_id,
    ordered.hadm_id,
    ordered.row_id as pharmacy_id,
    cast(null as varchar) as poe_id,
    cast(null as bigint) as poe_seq,
    cast(null as varchar) as order_provider_id,
    case
        when ordered.startdate is not null
            then greatest(ordered.startdate, least(admissions.edregtime, admissions.admittime))
    end as starttime,
    ordered.enddate as stoptime,
    ordered.drug_type,
    ordered.drug,
    ordered.formulary_drug_cd,
    ordered.gsn,
    ordered.ndc,
    ordered.prod_strength,
    cast(null as varchar) as form_rx,
    ordered.dose_val_rx,
    ordered.dose_unit_rx,
    ordered.form_val_disp,
    ordered.form_unit_disp,
    cast(null as double) as doses_per_24_hrs,
    ordered.route
from {{ source('mimiciii', 'prescriptions') }} as ordered
left join {{ source('mimiciii', 'admissions') }} as admissions
    on ordered.hadm_id = admissions.hadm_id
