{#- Every cohort as (category, condition), from MEDCRED_COHORTS.

    dbt must know refs when it parses, and cannot list files then: the runner lists the files of
    models/cohorts for it. -#}
{% macro cohort_models() -%}
    {%- set named = env_var('MEDCRED_COHORTS', '') -%}
    {%- if not named -%}
        {{ exceptions.raise_compiler_error(
            "MEDCRED_COHORTS is not set: give every file of models/cohorts as category/condition, "
            ~ "parted by commas (README.md of dbt_project has the command)."
        ) }}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for name in named.split(',') -%}
        {%- set parts = name.strip().split('/') -%}
        {%- if parts | length != 2 -%}
            {{ exceptions.raise_compiler_error(
                "MEDCRED_COHORTS has '" ~ name ~ "': write category/condition."
            ) }}
        {%- endif -%}
        {%- do found.append({'category': parts[0], 'condition': parts[1]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Admissions that match `condition` and passed every rule that all cohorts share. -#}
{% macro screened(condition) -%}
    select *
    from {{ ref('int_cohorts__screened') }}
    where
        condition_id = '{{ condition }}'
        and failed_rule is null
{%- endmacro %}

{#- SQL condition: the code starts with one of the prefixes of its own version. -#}
{% macro code_starts_with(code, version, icd10=[], icd9=[]) -%}
    {%- set matches = [] -%}
    {%- for number, prefixes in [(10, icd10), (9, icd9)] -%}
        {%- for prefix in prefixes -%}
            {%- do matches.append(
                "(" ~ version ~ " = " ~ number ~ " and starts_with(" ~ code ~ ", '" ~ prefix ~ "'))"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    ({{ matches | join(' or ') }})
{%- endmacro %}

{#- SQL condition: the admission of `alias` carries a code with one of the prefixes, at any position
    or, with `position`, at that one. -#}
{% macro has_diagnosis(alias, icd10=[], icd9=[], position='coded.seq_num') -%}
    exists (
        select 1
        from {{ ref('stg_mimiciv_hosp__diagnoses_icd') }} as coded
        where
            coded.hadm_id = {{ alias }}.hadm_id
            and coded.seq_num = {{ position }}
            and {{ code_starts_with('coded.icd_code', 'coded.icd_version', icd10, icd9) }}
    )
{%- endmacro %}

{#- SQL condition: an intensive care stay began within `hours` of arrival. -#}
{% macro is_in_icu_within(alias, hours) -%}
    coalesce({{ alias }}.icu_hours <= {{ hours }}, false)
{%- endmacro %}

{#- SQL condition: the findings of the film that decides can be seen by the decision time. The film
    and its report are of two releases and meet by time only: up to two hours apart. -#}
{% macro film_is_shown(alias) -%}
    exists (
        select 1
        from {{ ref('int_films__labelled') }} as films
        inner join {{ ref('int_imaging__reported') }} as reports
            on films.hadm_id = reports.hadm_id
        where
            films.hadm_id = {{ alias }}.hadm_id
            and films.condition_id = {{ alias }}.condition_id
            and reports.test_id = 'img_xr_chest'
            and reports.value_text is not null
            and reports.taken_at between films.taken_at - interval 2 hours
            and films.taken_at + interval 2 hours
            and reports.available_at <= {{ alias }}.decision_at
    )
{%- endmacro %}
