-- Who ordered and who read a chest film.
-- Grain: one study.
select
    landed.subject_id,
    landed.study_id,
    landed.ordering_provider_id,
    landed.attending_provider_id,
    landed.resident_provider_id
from {{ raw('cxr', 'provider_list') }} as landed
