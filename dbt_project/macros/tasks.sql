{#- The fourteen findings of CheXpert (Irvin et al., AAAI 2019), by name. -#}
{% macro findings_of_films() -%}
    {{ return([
        'atelectasis', 'cardiomegaly', 'consolidation', 'edema', 'enlarged_cardiomediastinum',
        'fracture', 'lung_lesion', 'lung_opacity', 'no_finding', 'pleural_effusion',
        'pleural_other', 'pneumonia', 'pneumothorax', 'support_devices',
    ]) }}
{%- endmacro %}

{#- Columns of a landed table of film labels; one release names the opacity of lungs otherwise. -#}
{% macro film_labels(lung_opacity='lung_opacity') -%}
    {%- for finding in findings_of_films() -%}
        landed.
        {%- if finding == 'lung_opacity' and lung_opacity != finding -%}
            {{ lung_opacity }} as lung_opacity
        {%- else -%}
            {{ finding }}
        {%- endif -%}
        {{ "," if not loop.last }}
    {% endfor -%}
{%- endmacro %}

{#- The rows of `judged`, with those that fail no rule drawn by chance within their condition: those
    past the kind's number fail as `beyond_draw`. The draw hangs on the unit's id alone, so that
    other rows do not change it. -#}
{% macro judged_and_drawn(word, unit, kind) -%}
    select
        judged.* exclude (failed_rule),
        coalesce(
            judged.failed_rule,
            case
                when drawn.draw_no > {{ var('task_units_a_condition')[kind] }} then 'beyond_draw'
            end
        ) as failed_rule
    from judged
    left join (
        select
            {{ unit }},
            row_number() over (
                partition by condition_id
                order by sha256('medcred|{{ word }}|' || {{ unit }}), {{ unit }}
            ) as draw_no
        from judged
        where failed_rule is null
    ) as drawn
        on judged.{{ unit }} = drawn.{{ unit }}
{%- endmacro %}

{#- Models of the kinds of scenario that ask more than a diagnosis. -#}
{% macro task_models() -%}
    {{ return(['int_organ_support__asked', 'int_films__asked', 'int_triage__asked']) }}
{%- endmacro %}

{#- Models that say which units those kinds ask about, and why not the others. -#}
{% macro screened_tasks() -%}
    {{ return(['int_organ_support__screened', 'int_films__screened', 'int_triage__screened']) }}
{%- endmacro %}

{#- A label of a finding as JSON: 1, 0, -1 or null. -#}
{% macro label_text(label) -%}
    coalesce(cast(cast({{ label }} as integer) as varchar), 'null')
{%- endmacro %}
