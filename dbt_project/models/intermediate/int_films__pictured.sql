-- Which picture shows what a chest film's report tells of: its file in the release.
-- Grain: one report of a chest film of one visit under examination that has such a picture.
-- The study is the one of the patient whose time is nearest to the report's, within 2 h, and not
-- after the report was stored: nothing is shown before it was taken. Its picture is the first
-- frontal view (PA before AP, then dicom_id); a study without one shows none. No label is read.
with frontal_views as (
    select
        images.subject_id,
        images.study_id,
        images.taken_at,
        paths.file_path
    from {{ ref('stg_mimiciv_cxr__metadata') }} as images
    inner join {{ ref('stg_mimiciv_cxr__record_list') }} as paths
        on images.dicom_id = paths.dicom_id
    where
        images.view_position in ('PA', 'AP')
        and paths.file_path is not null
    qualify
        row_number() over (
            partition by images.study_id
            order by case images.view_position when 'PA' then 1 else 2 end, images.dicom_id
        ) = 1
)

select
    reports.hadm_id,
    reports.note_id,
    views.study_id,
    views.taken_at,
    views.file_path
from {{ ref('int_imaging__reported') }} as reports
inner join {{ ref('int_admissions__examined') }} as examined
    on reports.hadm_id = examined.hadm_id
inner join frontal_views as views
    on
        examined.subject_id = views.subject_id
        and views.taken_at between reports.taken_at - interval 2 hours
        and reports.taken_at + interval 2 hours
where
    reports.test_id = 'img_xr_chest'
    and views.taken_at <= reports.available_at
qualify
    row_number() over (
        partition by reports.hadm_id, reports.note_id
        order by
            abs(date_diff('millisecond', reports.taken_at, views.taken_at)), views.study_id
    ) = 1
