{#- Is this module part of the source? Decided when dbt compiles, from MEDCRED_MODULES. -#}
{% macro module_is_landed(module) -%}
    {{ return(module in env_var('MEDCRED_MODULES', 'hosp,icu,ed').split(',')) }}
{%- endmacro %}

{#- SQL condition: can the landed modules tell whether a test of this catalogue kind was done?

    Labs, panels, cultures and coded procedures lie in hosp; vital signs in ed or icu; imaging, ECG,
    echo and examinations in modules of which the SQL does not speak yet. -#}
{% macro kind_is_landed(kind) -%}
    case
        when {{ kind }} in ('lab', 'panel', 'micro', 'procedure') then {{ module_is_landed('hosp') }}
        when {{ kind }} = 'vital' then {{ module_is_landed('ed') or module_is_landed('icu') }}
        else false
    end
{%- endmacro %}
