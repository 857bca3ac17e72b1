-- Real data: the open demo has no fault here; the full release has admissions that end before they
-- begin, which the rule `length` drops.
{{ config(severity=severity_of_faults()) }}
{% for model, start, end in spans() -%}
    select
        '{{ model }}' as model,
        count(*) as faults
    from {{ ref(model) }}
    where {{ end }} < {{ start }}
    having count(*) > 0
    {% if not loop.last -%}
        union all
    {% endif -%}
{% endfor %}
