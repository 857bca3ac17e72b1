-- Echocardiogram clips and where they lie.
-- Grain: one clip.
select
    landed.subject_id,
    landed.study_id,
    landed.acquisition_datetime as acquired_at,
    landed.dicom_filepath as file_path
from {{ raw('echo', 'record_list') }} as landed
