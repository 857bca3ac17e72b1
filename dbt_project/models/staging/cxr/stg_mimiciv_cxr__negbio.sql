-- Labels that NegBio drew from the reports of chest films.
-- Grain: one study.
select
    landed.subject_id,
    landed.study_id,
    landed.atelectasis,
    landed.cardiomegaly,
    landed.consolidation,
    landed.edema,
    landed.enlarged_cardiomediastinum,
    landed.fracture,
    landed.lung_lesion,
    landed.lung_opacity,
    landed.no_finding,
    landed.pleural_effusion,
    landed.pleural_other,
    landed.pneumonia,
    landed.pneumothorax,
    landed.support_devices
from {{ raw('cxr', 'negbio') }} as landed
