-- Links from ECG records to the cardiologists' readings.
-- Grain: one record and note.
select
    landed.subject_id,
    landed.study_id,
    landed.waveform_path as file_path,
    landed.note_id,
    landed.note_seq,
    landed.charttime as charted_at
from {{ raw('ecg', 'waveform_note_links') }} as landed
