-- Chest film images and where they lie.
-- Grain: one image.
select
    landed.subject_id,
    landed.study_id,
    landed.dicom_id,
    landed.path as file_path
from {{ raw('cxr', 'record_list') }} as landed
