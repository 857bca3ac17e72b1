-- Labels that NegBio drew from the reports of chest films.
-- Grain: one study.
select
    landed.subject_id,
    landed.study_id,
    {{ film_labels() }}
from {{ raw('cxr', 'negbio') }} as landed
