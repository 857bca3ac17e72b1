{#- The raw table of MIMIC-IV that a staging model reads: as landed, or MIMIC-III in its shape
    (models/staging/mimiciii). Which, is decided when dbt compiles, by MEDCRED_RELEASE: `mimiciii 1.4`,
    `mimiciii-demo 1.4` and `synthetic-mimiciii 2` are MIMIC-III.

    A table that MIMIC-III cannot fill is empty then, whatever another release has landed: those
    would be other patients. Both parents are named in either case, so that the graph is the same. -#}
{% macro raw(module, table) -%}
    {%- set staged = {
        'hosp': [
            'admissions', 'd_icd_diagnoses', 'd_icd_procedures', 'd_labitems', 'diagnoses_icd',
            'drgcodes', 'hcpcsevents', 'labevents', 'microbiologyevents', 'patients',
            'prescriptions', 'procedures_icd', 'services', 'transfers',
        ],
        'icu': [
            'caregiver', 'chartevents', 'd_items', 'datetimeevents', 'icustays', 'inputevents',
            'outputevents', 'procedureevents',
        ],
        'ed': ['edstays'],
        'note': ['discharge', 'radiology', 'radiology_detail'],
        'echo': ['study_list'],
    } -%}
    {%- set landed = source('mimiciv_' ~ module, table) -%}
    {%- set in_its_shape = '(select * from ' ~ landed ~ ' where false)' -%}
    {%- if table in staged.get(module, []) -%}
        {%- set in_its_shape = ref('base_mimiciii_' ~ module ~ '__' ~ table) -%}
    {%- endif -%}
    {{ in_its_shape if 'mimiciii' in env_var('MEDCRED_RELEASE', '') else landed }}
{%- endmacro %}
