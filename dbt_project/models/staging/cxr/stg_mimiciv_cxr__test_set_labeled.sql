-- Labels that radiologists gave to chest films of the test split.
-- Grain: one study.
select
    landed.study_id,
    {{ film_labels(lung_opacity='airspace_opacity') }}
from {{ raw('cxr', 'test_set_labeled') }} as landed
