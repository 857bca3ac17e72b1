-- Labels that radiologists gave to chest films of the test split.
-- Grain: one study.
select
    landed.study_id,
    landed.atelectasis,
    landed.cardiomegaly,
    landed.consolidation,
    landed.edema,
    landed.enlarged_cardiomediastinum,
    landed.fracture,
    landed.lung_lesion,
    landed.airspace_opacity as lung_opacity,
    landed.no_finding,
    landed.pleural_effusion,
    landed.pleural_other,
    landed.pneumonia,
    landed.pneumothorax,
    landed.support_devices
from {{ raw('cxr', 'test_set_labeled') }} as landed
