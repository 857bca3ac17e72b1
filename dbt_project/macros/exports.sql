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

{#- Number of a result within its scenario, from 1: by availability, then by content. -#}
{% macro evidence_number() -%}
    cast(
        row_number() over (
            partition by scenario_id
            order by
                available_hours, taken_hours, test_id, label, value_text,
                specimen nulls first, value_num nulls first, unit nulls first,
                ref_low nulls first, ref_high nulls first, flag nulls first, film_image nulls first
        ) as integer
    )
{%- endmacro %}
