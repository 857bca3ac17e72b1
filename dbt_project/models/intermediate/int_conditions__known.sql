-- Every condition that can be examined: rows of the catalogue, and conditions that a cohort file
-- declares itself.
-- Grain: one condition.
-- Source: conditions.csv; the metadata of models/cohorts (macro declared_conditions).
select
    condition_id,
    regexp_replace(lower(trim(category)), '[^a-z0-9]+', '_', 'g') as category,
    icd10_prefixes,
    icd9_prefixes,
    icd10_exclude_prefixes,
    icd9_exclude_prefixes,
    icd10_7th_chars,
    dx_position
from {{ ref('conditions') }}
{% for declared in declared_conditions() -%}
    {%- set words = declared.declares -%}
    union all
    select
        {{ declared_cell(declared.condition_id) }} as condition_id,
        {{ declared_cell(declared.category) }} as category,
        {{ declared_cell(words.icd10_prefixes) }} as icd10_prefixes,
        {{ declared_cell(words.icd9_prefixes) }} as icd9_prefixes,
        {{ declared_cell(words.icd10_exclude_prefixes) }} as icd10_exclude_prefixes,
        {{ declared_cell(words.icd9_exclude_prefixes) }} as icd9_exclude_prefixes,
        {{ declared_cell(words.icd10_7th_chars) }} as icd10_7th_chars,
        {{ declared_cell(words.dx_position) }} as dx_position
{% endfor %}
