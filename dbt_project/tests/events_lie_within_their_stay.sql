-- What an intensive care stay charts lies within the stay; what an admission charts lies between
-- 24 h before arrival and discharge; a vital sign of the emergency department within its stay.
-- Real data: in the open demo nearly every table charts some rows around a transfer or after
-- discharge.
{{ config(severity=severity_of_faults()) }}
{% for table, time in [
    ('chartevents', 'charted_at'),
    ('datetimeevents', 'charted_at'),
    ('outputevents', 'charted_at'),
    ('inputevents', 'started_at'),
    ('ingredientevents', 'started_at'),
    ('procedureevents', 'started_at'),
] -%}
    select
        'icu {{ table }}' as model,
        count(*) as faults
    from {{ ref('stg_mimiciv_icu__' ~ table) }} as events
    inner join {{ ref('stg_mimiciv_icu__icustays') }} as stays
        on events.stay_id = stays.stay_id
    where events.{{ time }} < stays.arrived_at or events.{{ time }} > stays.left_at
    having count(*) > 0
    union all
{% endfor -%}
{% for table, time in [
    ('hosp__emar', 'charted_at'),
    ('hosp__labevents', 'charted_at'),
    ('hosp__microbiologyevents', 'charted_at'),
    ('hosp__poe', 'ordered_at'),
    ('hosp__services', 'transferred_at'),
    ('note__radiology', 'charted_at'),
] -%}
    select
        '{{ table }}' as model,
        count(*) as faults
    from {{ ref('stg_mimiciv_' ~ table) }} as events
    inner join {{ ref('int_admissions__timed') }} as timed
        on events.hadm_id = timed.hadm_id
    where
        events.{{ time }} < timed.t0 - interval 24 hours
        or events.{{ time }} > timed.discharged_at
    having count(*) > 0
    union all
{% endfor -%}
select
    'ed vitalsign' as model,
    count(*) as faults
from {{ ref('stg_mimiciv_ed__vitalsign') }} as events
inner join {{ ref('stg_mimiciv_ed__edstays') }} as stays
    on events.stay_id = stays.stay_id
where events.charted_at < stays.arrived_at or events.charted_at > stays.left_at
having count(*) > 0
