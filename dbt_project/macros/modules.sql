{#- Is this module part of the source? Decided when dbt compiles, from MEDCRED_MODULES. -#}
{% macro module_is_landed(module) -%}
    {{ return(module in env_var('MEDCRED_MODULES', 'hosp,icu,ed').split(',')) }}
{%- endmacro %}

{#- SQL condition: can the landed modules tell whether a test of the catalogue was done?

    Labs, panels, cultures and coded procedures lie in hosp; vital signs in ed or icu; imaging in
    note, ECGs in ecg, echocardiograms in echo. Telemetry, bedside ultrasound and examinations lie
    where the SQL does not read them. -#}
{% macro test_is_landed(test) -%}
    case
        when {{ test }}.kind in ('lab', 'panel', 'micro', 'procedure')
            then {{ module_is_landed('hosp') }}
        when {{ test }}.kind = 'vital' then {{ module_is_landed('ed') or module_is_landed('icu') }}
        when {{ test }}.test_id = 'ecg_12lead' then {{ module_is_landed('ecg') }}
        when starts_with({{ test }}.test_id, 'echo_') then {{ module_is_landed('echo') }}
        when starts_with({{ test }}.module_table, 'note.radiology')
            then {{ module_is_landed('note') }}
        else false
    end
{%- endmacro %}

{#- Kinds of tests that a coded or charted procedure proves, as an SQL list. An ECG or an
    echocardiogram counts as soon as its own module is landed: until then nobody can be told of
    it, and so it is no test that a candidate might have ordered. -#}
{% macro kinds_of_procedures() -%}
    {%- set kinds = ["'procedure'"] -%}
    {%- if module_is_landed('ecg') -%} {%- do kinds.append("'ecg'") -%} {%- endif -%}
    {%- if module_is_landed('echo') -%} {%- do kinds.append("'imaging'") -%} {%- endif -%}
    {{ kinds | join(', ') }}
{%- endmacro %}
