-- Charted dates and times of intensive care stays.
-- Grain: one charted date.
select
    landed.subject_id,
    landed.hadm_id,
    landed.stay_id,
    landed.caregiver_id,
    landed.charttime as charted_at,
    landed.storetime as stored_at,
    landed.itemid,
    landed.value as value_at,
    landed.valueuom as value_unit,
    cast(landed.warning as boolean) as is_warning
from {{ raw('icu', 'datetimeevents') }} as landed
