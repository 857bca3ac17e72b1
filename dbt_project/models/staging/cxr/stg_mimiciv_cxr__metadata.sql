-- Chest film images, with when and how they were taken.
-- Grain: one image.
-- StudyDate and StudyTime make one time: the hour has lost its leading zero.
select
    landed.dicom_id,
    landed.subject_id,
    landed.study_id,
    landed.performedprocedurestepdescription as procedure_description,
    landed.viewposition as view_position,
    landed.rows as height_px,
    landed.columns as width_px,
    landed.procedurecodesequence_codemeaning as procedure_coded,
    landed.viewcodesequence_codemeaning as view_coded,
    landed.patientorientationcodesequence_codemeaning as orientation_coded,
    cast(strptime(cast(landed.studydate as varchar), '%Y%m%d') as date) as taken_on,
    strptime(cast(landed.studydate as varchar), '%Y%m%d')
    + to_milliseconds(
        cast(
            round(
                1000 * (
                    floor(landed.studytime / 10000) * 3600
                    + floor(landed.studytime / 100) % 100 * 60
                    + landed.studytime % 100
                )
            ) as bigint
        )
    ) as taken_at
from {{ raw('cxr', 'metadata') }} as landed
