{#- Is this module part of the source? Decided when dbt compiles, from MEDCRED_MODULES. -#}
{% macro module_is_landed(module) -%}
    {{ return(module in env_var('MEDCRED_MODULES', 'hosp,icu,ed').split(',')) }}
{%- endmacro %}

{#- The modules that tell whether a test of the catalogue was done, as SQL text (`ed, icu`: either);
    null when it lies where the SQL does not read.

    Labs, panels, cultures and coded procedures lie in hosp; vital signs in ed or icu; imaging in
    note, as are examinations, ECGs in ecg, echocardiograms in echo. Telemetry and bedside
    ultrasound lie where the SQL does not read them. -#}
{% macro modules_of_test(test) -%}
    case
        when {{ test }}.kind in ('lab', 'panel', 'micro', 'procedure') then 'hosp'
        when {{ test }}.kind = 'vital' then 'ed, icu'
        when {{ test }}.kind = 'exam' then 'note'
        when {{ test }}.test_id = 'ecg_12lead' then 'ecg'
        when starts_with({{ test }}.test_id, 'echo_') then 'echo'
        when starts_with({{ test }}.module_table, 'note.radiology') then 'note'
    end
{%- endmacro %}

{#- SQL condition: can the landed modules tell whether a test of the catalogue was done? -#}
{% macro test_is_landed(test) -%}
    {%- set landed = env_var('MEDCRED_MODULES', 'hosp,icu,ed').split(',') -%}
    coalesce(
        list_has_any(
            string_split({{ modules_of_test(test) }}, ', '), ['{{ landed | join("', '") }}']
        ),
        false
    )
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
