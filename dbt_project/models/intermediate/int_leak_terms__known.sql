-- Words that give a condition away: those of the catalogue, and those of declared conditions.
-- Grain: one condition.
-- Source: leak_terms.csv; the metadata of models/cohorts (macro declared_conditions). The name and
-- the synonyms of a declared condition are forbidden without being listed again.
select
    condition_id,
    leak_policy,
    forbidden_synonyms,
    forbidden_regex,
    allowed_terms
from {{ ref('leak_terms') }}
{% for declared in declared_conditions() -%}
    {%- set words = declared.declares -%}
    union all
    select
        {{ declared_cell(declared.condition_id) }} as condition_id,
        {{ declared_cell(words.leak_policy) }} as leak_policy,
        {{ declared_cell([words.name] + words.synonyms) }} as forbidden_synonyms,
        {{ declared_cell(words.forbidden_regex) }} as forbidden_regex,
        {{ declared_cell(words.allowed_terms) }} as allowed_terms
{% endfor %}
