{#- Write a mart to marts/<mart>.parquet in a total order: the same rows are the same bytes. -#}
{% macro export_mart(order_by) -%}
    copy (select * from {{ this }} order by {{ order_by }})
    to '{{ env_var('MEDCRED_WORKSPACE') }}/marts/{{ this.identifier }}.parquet'
    (format parquet, compression zstd)
{%- endmacro %}

{#- The release that scenarios name, as an SQL string. -#}
{% macro release_literal() -%}
    '{{ env_var("MEDCRED_RELEASE") | replace("'", "''") }}'
{%- endmacro %}
