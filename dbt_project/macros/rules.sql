{#- Rules of clinical/cohort_rules.csv in the order in which they are tried. The first rule that an
    admission fails is the one under which cohort_attrition counts it. `required_tests` stands for
    required_tests_1, required_tests_2, ... of the condition; `condition_rules` for what the cohort's
    own file asks beyond (code_support, inclusion_extra, exclusion_extra).

    Not applied: discharge_note (docs/decisions/leak-audit.md), note_confirms, comfort_only (optional),
    min_cohort (a matter of the freeze). -#}
{% macro screening_rules() -%}
    {{ return([
        'adult', 'principal_dx', 'seventh_char', 'via_ed', 'length', 'outside_transfer', 'elective',
        'planned_therapy', 'single_target', 'leak', 'required_tests', 'too_short', 'min_labs',
        'condition_rules', 'one_use', 'first_admission', 'selected'
    ]) }}
{%- endmacro %}

{#- Rows of an events table with the admission to which each belongs.

    A row that names its admission belongs to it. A row that names none belongs to the admission of
    its patient whose span holds its time (spans of one patient do not overlap). Only admissions
    under examination are kept. -#}
{% macro rows_of_examined(relation, time) -%}
    select
        examined.hadm_id as examined_hadm_id,
        events.*
    from {{ relation }} as events
    inner join {{ ref('int_admissions__examined') }} as examined
        on events.hadm_id = examined.hadm_id
    union all
    select
        examined.hadm_id as examined_hadm_id,
        events.*
    from {{ relation }} as events
    inner join {{ ref('int_admissions__examined') }} as examined
        on
            events.subject_id = examined.subject_id
            and events.{{ time }} between examined.span_from and examined.span_to
    where events.hadm_id is null
{%- endmacro %}
