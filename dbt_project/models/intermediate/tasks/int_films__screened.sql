-- Every chest film study with the first rule that it fails, for the kind of scenario `radiology`.
-- Private: it holds the labels.
-- Grain: one study.
-- Asked are the fourteen findings of CheXpert. Truth are the labels of radiologists where the
-- study has them, else those that CheXpert drew from its report. The image is the first frontal
-- view (PA before AP, then dicom_id). A study belongs to the visit of its patient during which it
-- was taken. The stratum of the draw is the rarest finding that is there, `no_finding` when none
-- is. `beyond_draw`: of each stratum task_units_a_condition (dbt_project.yml) studies are kept, by
-- SHA-256 of their id.
{%- set findings = findings_of_films() %}
with views as (
    select
        images.subject_id,
        images.study_id,
        images.dicom_id,
        images.view_position,
        images.taken_at,
        paths.file_path
    from {{ ref('stg_mimiciv_cxr__metadata') }} as images
    left join {{ ref('stg_mimiciv_cxr__record_list') }} as paths
        on images.dicom_id = paths.dicom_id
    qualify
        row_number() over (
            partition by images.study_id
            order by
                case images.view_position when 'PA' then 1 when 'AP' then 2 else 3 end,
                images.dicom_id
        ) = 1
),

labels as (
    select
        'radiologist' as labelled_by,
        study_id,
        {%- for finding in findings %}
            {{ finding }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('stg_mimiciv_cxr__test_set_labeled') }}
    union all
    select
        'chexpert' as labelled_by,
        study_id,
        {%- for finding in findings %}
            {{ finding }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('stg_mimiciv_cxr__chexpert') }}
),

chosen as (
    select *
    from labels
    qualify row_number() over (partition by study_id order by labelled_by desc) = 1
),

visits as (
    select
        views.study_id,
        arrived.hadm_id,
        arrived.age_years
    from views
    inner join {{ ref('int_visits__arrived') }} as arrived
        on views.subject_id = arrived.subject_id
    inner join {{ ref('int_visits__spanned') }} as spanned
        on
            arrived.hadm_id = spanned.hadm_id
            and views.taken_at between spanned.span_from and spanned.span_to
    qualify
        row_number() over (
            partition by views.study_id order by arrived.t0 desc, arrived.hadm_id asc
        ) = 1
),

counts as (
    {% for finding in findings -%}
        select
            '{{ finding }}' as finding,
            count(*) as films
        from chosen
        where {{ finding }} = 1
        {% if not loop.last %}union all{% endif %}
    {% endfor -%}
),

present as (
    {% for finding in findings if finding != 'no_finding' -%}
        select
            study_id,
            '{{ finding }}' as finding
        from chosen
        where {{ finding }} = 1
        {% if not loop.last %}union all{% endif %}
    {% endfor -%}
),

strata as (
    select
        present.study_id,
        present.finding
    from present
    inner join counts
        on present.finding = counts.finding
    qualify
        row_number() over (
            partition by present.study_id order by counts.films asc, present.finding asc
        ) = 1
),

judged as (
    select
        views.subject_id,
        views.study_id,
        views.dicom_id,
        views.view_position,
        views.taken_at,
        views.file_path,
        visits.hadm_id,
        coalesce(strata.finding, 'no_finding') as condition_id,
        '{"labelled_by":"' || chosen.labelled_by || '","labels":{' || concat_ws(
            ',',
            {%- for finding in findings %}
                '"{{ finding }}":' || {{ label_text('chosen.' ~ finding) }}
                {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ) || '}}' as answers,
        case
            when chosen.study_id is null then 'not_labelled'
            when coalesce(views.view_position, '') not in ('PA', 'AP') then 'no_frontal_view'
            when visits.hadm_id is null then 'outside_visits'
            when coalesce(visits.age_years, 0) < 18 then 'adult'
        end as failed_rule
    from views
    left join chosen
        on views.study_id = chosen.study_id
    left join strata
        on views.study_id = strata.study_id
    left join visits
        on views.study_id = visits.study_id
)

{{ judged_and_drawn('film', 'study_id', 'radiology') }}
