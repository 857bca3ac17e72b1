{#- The fourteen findings of CheXpert (Irvin et al., AAAI 2019), by name. -#}
{% macro findings_of_films() -%}
    {{ return([
        'atelectasis', 'cardiomegaly', 'consolidation', 'edema', 'enlarged_cardiomediastinum',
        'fracture', 'lung_lesion', 'lung_opacity', 'no_finding', 'pleural_effusion',
        'pleural_other', 'pneumonia', 'pneumothorax', 'support_devices',
    ]) }}
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
