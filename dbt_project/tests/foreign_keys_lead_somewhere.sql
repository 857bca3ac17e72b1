-- A key that names a row of another table finds it.
-- Real data: in the open demo some doses (emar) name orders that poe lacks. Whether modules have
-- the same patients is tested beside their columns (relationships).
{{ config(severity=severity_of_faults()) }}
{% for model, column, other, key in foreign_keys() -%}
    select
        '{{ model }}.{{ column }}' as model,
        count(*) as faults
    from {{ ref(model) }} as named
    where
        named.{{ column }} is not null
        and named.{{ column }} not in (select {{ key }} from {{ ref(other) }})
    having count(*) > 0
    {% if not loop.last -%}
        union all
    {% endif -%}
{% endfor %}
