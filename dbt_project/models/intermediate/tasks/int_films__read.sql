-- What the report of each examined film says, as far as it may be shown: findings and indication.
-- Grain: one study that passed every rule of int_films__screened.
-- The report is the chest film's report of the same visit whose time is nearest, within 2 h. The
-- indication is shown only when it names none of the fourteen findings and none of their synonyms
-- (leak-prevention channel 9); otherwise it is null: nothing in it is masked.
with studies as (
    select
        study_id,
        hadm_id,
        taken_at
    from {{ ref('int_films__screened') }}
    where failed_rule is null
),

nearest as (
    select
        studies.study_id,
        reports.note_id,
        reports.value_text as findings
    from studies
    inner join {{ ref('int_imaging__reported') }} as reports
        on
            studies.hadm_id = reports.hadm_id
            and reports.test_id = 'img_xr_chest'
            and reports.taken_at between studies.taken_at - interval 2 hours
            and studies.taken_at + interval 2 hours
    qualify
        row_number() over (
            partition by studies.study_id
            order by
                abs(date_diff('second', studies.taken_at, reports.taken_at)), reports.note_id
        ) = 1
),

indications as (
    select
        nearest.study_id,
        nullif(
            trim(
                regexp_replace(
                    regexp_extract(
                        notes.note_text,
                        '(?is)(?:^|\n)[ \t]*(?:clinical )?(?:indication|history|reason for exam'
                        || '(?:ination)?)[ \t]*:(.*?)(?:\n[ \t]*\n|\n[ \t]*[A-Z][A-Z ]{3,}:|$)',
                        1
                    ),
                    '\s+', ' ', 'g'
                )
            ),
            ''
        ) as words
    from nearest
    inner join {{ ref('stg_mimiciv_note__radiology') }} as notes
        on nearest.note_id = notes.note_id
)

select
    studies.study_id,
    nearest.findings,
    case
        when
            not regexp_matches(
                indications.words,
                '(?i)atelecta|cardiomegal|enlarged (?:heart|cardiac|card)|consolidat|edema'
                || '|congestion|overload|mediastin|fractur|lesion|nodule|mass\b|opaci|infiltrat'
                || '|effusion'
                || '|pleural|pneumonia|\bpna\b|pneumothora|\bptx\b|tube|line placement|\bpicc\b'
                || '|catheter|pacemaker|\bicd\b|device|\bett\b|\bngt?\b|intubat|hemothorax'
            )
            then indications.words
    end as indication
from studies
left join nearest
    on studies.study_id = nearest.study_id
left join indications
    on studies.study_id = indications.study_id
