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

{#- What a scenario's record holds: results taken at t0 - 24 h or later that were available at the
    decision time at the latest. A result without availability is none. Equal rows are one.
    Source: leak-prevention rule 2.

    scenarios  model with scenario_id, hadm_id, t0 and decision_at
    which      further condition, or none -#}
{% macro seen_evidence(scenarios, which=none) -%}
    with available as (
        select distinct
            scenarios.scenario_id,
            results.test_id,
            results.kind,
            results.label,
            results.specimen,
            results.value_text,
            results.value_num,
            results.unit,
            results.ref_low,
            results.ref_high,
            results.flag,
            {{ hours_between('scenarios.t0', 'results.taken_at') }} as taken_hours,
            {{ hours_between('scenarios.t0', 'results.available_at') }} as available_hours,
            results.film_image
        from {{ scenarios }} as scenarios
        inner join {{ ref('int_results__united') }} as results
            on scenarios.hadm_id = results.hadm_id
        where
            results.taken_at >= scenarios.t0 - interval 24 hours
            and results.available_at <= scenarios.decision_at
            {% if which is not none %}and {{ which }}{% endif %}
    )

    select
        scenario_id,
        {{ evidence_number() }} as evidence_no,
        test_id,
        kind,
        label,
        specimen,
        value_text,
        value_num,
        unit,
        ref_low,
        ref_high,
        flag,
        taken_hours,
        available_hours,
        film_image
    from available
{%- endmacro %}
