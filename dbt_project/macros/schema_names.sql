{#- Schemas are named as configured: `exam` is what may be shown, `truth` what never is. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
