-- ECG records and where their waveforms lie.
-- Grain: one record.
select
    landed.subject_id,
    landed.study_id,
    landed.file_name,
    landed.ecg_time as recorded_at,
    landed.path as file_path
from {{ raw('ecg', 'record_list') }} as landed
