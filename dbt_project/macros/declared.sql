{#- What the catalogue has no row for: conditions that a cohort file declares itself, in
    `config(meta={'declares': {...}})`. Read from dbt's own graph, so that the file is all there is
    to write (docs/cohorts.md); `evaluators.catalogue` reads the same words. -#}
{% macro declared_conditions() -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() | sort(attribute='unique_id') -%}
            {%- set meta = node.config.get('meta', {}) -%}
            {%- if node.resource_type == 'model' and 'declares' in meta -%}
                {%- do found.append({
                    'condition_id': meta['condition'],
                    'category': meta['category'],
                    'declares': meta['declares'],
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#- A text, or a list parted by bars as the seeds part it, as an SQL literal; null when empty. -#}
{% macro declared_cell(value) -%}
    {%- set text = value if value is string else (value or []) | join('|') -%}
    {{ return("'" ~ text | replace("'", "''") ~ "'" if text else 'cast(null as varchar)') }}
{%- endmacro %}
