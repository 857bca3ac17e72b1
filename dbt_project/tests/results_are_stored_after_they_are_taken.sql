-- Nothing can be seen before it is taken, in any table that has both times.
-- Real data: in the open demo doses, outputs and charted times are stored before the time that they
-- are charted for. Evidence takes the later of the two times, so they do no harm.
{{ config(severity=severity_of_faults()) }}
{% for model, taken, stored in stored_events() -%}
    select
        '{{ model }}' as model,
        count(*) as faults
    from {{ ref(model) }}
    where {{ stored }} < {{ taken }}
    having count(*) > 0
    {% if not loop.last -%}
        union all
    {% endif -%}
{% endfor %}
