-- Chest film studies and where their reports lie.
-- Grain: one study.
select
    landed.subject_id,
    landed.study_id,
    landed.path as file_path
from {{ raw('cxr', 'study_list') }} as landed
