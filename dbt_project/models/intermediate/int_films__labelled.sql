-- What the chest film on arrival shows, by the labels of its report: private, it is the answer of
-- the radiology cohorts.
-- Grain: one admission and condition of category radiology that its film shows.
-- Source: notes-and-imaging.md section 4. The film is the first study with a frontal view taken
-- from 24 h before t0 to 24 h after it. A finding is there when CheXpert and NegBio both say 1.0.
-- Consolidation and pneumonia are one finding. Cardiomegaly needs a PA view: AP enlarges the
-- heart. No Finding counts when no other label but Support Devices is 1.0 or -1.0 in either.
-- Without the reports (module note) there is nothing to examine.
{%- set labels = [
    'atelectasis', 'cardiomegaly', 'consolidation', 'edema', 'enlarged_cardiomediastinum',
    'fracture', 'lung_lesion', 'lung_opacity', 'pleural_effusion', 'pleural_other', 'pneumonia',
    'pneumothorax',
] -%}
{%- set findings = {
    'rad_pneumothorax': ['pneumothorax'],
    'rad_pleural_effusion': ['pleural_effusion'],
    'rad_pulmonary_edema': ['edema'],
    'rad_consolidation': ['consolidation', 'pneumonia'],
} %}
with studies as (
    select
        subject_id,
        study_id,
        min(taken_at) as taken_at,
        bool_or(coalesce(view_position, '') = 'PA') as has_pa_view,
        bool_or(coalesce(view_position, '') in ('PA', 'AP')) as has_frontal_view
    from {{ ref('stg_mimiciv_cxr__metadata') }}
    where {{ module_is_landed('cxr') and module_is_landed('note') }}
    group by subject_id, study_id
),

first_films as (
    select
        timed.hadm_id,
        studies.*
    from studies
    inner join {{ ref('int_admissions__timed') }} as timed
        on
            studies.subject_id = timed.subject_id
            and studies.taken_at between timed.span_from and timed.span_to
    where
        studies.has_frontal_view
        and studies.taken_at between timed.t0 - interval 24 hours and timed.t0 + interval 24 hours
    qualify
        row_number() over (
            partition by timed.hadm_id order by studies.taken_at, studies.study_id
        ) = 1
),

labelled as (
    select
        films.subject_id,
        films.hadm_id,
        films.study_id,
        films.taken_at,
        films.has_pa_view,
        {% for label in labels -%}
            coalesce(chexpert.{{ label }} = 1 and negbio.{{ label }} = 1, false) as has_{{ label }},
        {% endfor -%}
        coalesce(chexpert.no_finding = 1 and negbio.no_finding = 1, false)
        {%- for label in labels %}
            and coalesce(chexpert.{{ label }}, 0) = 0
            and coalesce(negbio.{{ label }}, 0) = 0
        {%- endfor %} as is_normal
    from first_films as films
    inner join {{ ref('stg_mimiciv_cxr__chexpert') }} as chexpert
        on films.study_id = chexpert.study_id
    inner join {{ ref('stg_mimiciv_cxr__negbio') }} as negbio
        on films.study_id = negbio.study_id
)

{% for condition, shown in findings.items() -%}
    select
        subject_id,
        hadm_id,
        study_id,
        taken_at,
        '{{ condition }}' as condition_id
    from labelled
    where has_{{ shown | join(' or has_') }}
    union all
{% endfor -%}
select
    subject_id,
    hadm_id,
    study_id,
    taken_at,
    'rad_cardiomegaly' as condition_id
from labelled
where has_cardiomegaly and has_pa_view
union all
select
    subject_id,
    hadm_id,
    study_id,
    taken_at,
    'rad_normal_chest' as condition_id
from labelled
where is_normal
