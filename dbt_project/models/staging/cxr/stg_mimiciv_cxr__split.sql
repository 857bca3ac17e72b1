-- The reference split of the chest films.
-- Grain: one image.
select
    landed.dicom_id,
    landed.study_id,
    landed.subject_id,
    landed.split as split_name
from {{ raw('cxr', 'split') }} as landed
