-- Vital signs as charted, before anything is left out. Ranges: MIT-LCP/mimic-code, concept
-- vitalsign. Temperatures may be in either scale.
-- Real data: the open demo has a diastolic pressure of 879 and rates of zero; the marts leave such
-- values out.
{{ config(severity=severity_of_faults()) }}
with charted as (
    {% for table in ['triage', 'vitalsign'] -%}
        {% for column, test_id in [
            ('heart_rate_bpm', 'vital_hr'),
            ('resp_rate_per_min', 'vital_rr'),
            ('spo2_pct', 'vital_spo2'),
            ('sbp_mmhg', 'vital_sbp'),
            ('dbp_mmhg', 'vital_dbp'),
        ] -%}
            select
                'ed {{ table }}' as place,
                '{{ test_id }}' as test_id,
                {{ column }} as number
            from {{ ref('stg_mimiciv_ed__' ~ table) }}
            union all
        {% endfor -%}
        select
            'ed {{ table }}' as place,
            'vital_temp' as test_id,
            case
                when temperature_f > 60 then (temperature_f - 32) / 1.8 else temperature_f
            end as number
        from {{ ref('stg_mimiciv_ed__' ~ table) }}
        union all
    {% endfor -%}
    select
        'icu chartevents' as place,
        case events.itemid
            when 220045 then 'vital_hr'
            when 220210 then 'vital_rr'
            when 220277 then 'vital_spo2'
            when 220179 then 'vital_sbp'
            when 220050 then 'vital_sbp'
            when 220180 then 'vital_dbp'
            when 220051 then 'vital_dbp'
            when 220181 then 'vital_map'
            when 220052 then 'vital_map'
            else 'vital_temp'
        end as test_id,
        case
            when events.itemid = 223761 then (events.value_num - 32) / 1.8 else events.value_num
        end as number
    from {{ ref('stg_mimiciv_icu__chartevents') }} as events
    where
        events.itemid in (
            220045, 220210, 220277, 220179, 220050, 220180, 220051, 220181, 220052, 223761, 223762
        )
)

select
    place,
    test_id,
    count(*) as faults
from charted
where
    not coalesce({{ is_valid_vital('test_id', 'number') }}, true)
    or (test_id = 'vital_temp' and number not between 20 and 46)
group by place, test_id
