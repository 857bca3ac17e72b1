-- Online medical record: outpatient measurements, by date.
-- Grain: one measurement of a date.
select
    landed.subject_id,
    landed.chartdate as chart_date,
    landed.seq_num,
    landed.result_name,
    landed.result_value as result_text
from {{ raw('hosp', 'omr') }} as landed
