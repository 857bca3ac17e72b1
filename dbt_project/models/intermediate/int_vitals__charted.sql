-- Vital signs of the admissions under examination, joined to the catalogue.
-- Grain: one charted value.
-- Source: icu-definitions.md section 1 (ranges, Fahrenheit to Celsius), README of the catalogues.
-- Emergency department: triage at arrival, then vitalsign at its charttime. Intensive care:
-- available at storetime; where that is null (a supplement may lack it) at charttime, since
-- vitals are charted at the bedside. Pounds become kg, inches cm, fractions of inspired oxygen
-- percent. A number out of range is left out. `omr` is not used: it has dates only, so nobody
-- knows when it could be seen.
with ed_vitals as (
    select
        coalesce(stays.hadm_id, stays.stay_id) as hadm_id,
        stays.arrived_at as charted_at,
        'triage' as source,
        triage.temperature_f,
        triage.heart_rate_bpm,
        triage.resp_rate_per_min,
        triage.spo2_pct,
        triage.sbp_mmhg,
        triage.dbp_mmhg,
        triage.pain
    from {{ ref('stg_mimiciv_ed__triage') }} as triage
    inner join {{ ref('stg_mimiciv_ed__edstays') }} as stays
        on triage.stay_id = stays.stay_id
    union all
    select
        coalesce(stays.hadm_id, stays.stay_id) as hadm_id,
        vitals.charted_at,
        'vitalsign' as source,
        vitals.temperature_f,
        vitals.heart_rate_bpm,
        vitals.resp_rate_per_min,
        vitals.spo2_pct,
        vitals.sbp_mmhg,
        vitals.dbp_mmhg,
        vitals.pain
    from {{ ref('stg_mimiciv_ed__vitalsign') }} as vitals
    inner join {{ ref('stg_mimiciv_ed__edstays') }} as stays
        on vitals.stay_id = stays.stay_id
),

ed_of_examined as (
    select ed_vitals.*
    from ed_vitals
    inner join {{ ref('int_admissions__examined') }} as examined
        on ed_vitals.hadm_id = examined.hadm_id
),

ed_values as (
    {% for column, test_id, unit in [
        ('heart_rate_bpm', 'vital_hr', 'bpm'),
        ('resp_rate_per_min', 'vital_rr', 'insp/min'),
        ('spo2_pct', 'vital_spo2', '%'),
        ('sbp_mmhg', 'vital_sbp', 'mmHg'),
        ('dbp_mmhg', 'vital_dbp', 'mmHg'),
    ] -%}
        select
            hadm_id,
            '{{ test_id }}' as test_id,
            source || ' {{ column }}' as label,
            cast(null as varchar) as words,
            {{ column }} as number,
            '{{ unit }}' as unit,
            charted_at as taken_at,
            charted_at as available_at
        from ed_of_examined
        where {{ column }} is not null
        union all
    {% endfor -%}
    select
        hadm_id,
        'vital_temp' as test_id,
        source || ' temperature' as label,
        cast(null as varchar) as words,
        {{ celsius('temperature_f') }} as number,
        'C' as unit,
        charted_at as taken_at,
        charted_at as available_at
    from ed_of_examined
    union all
    select
        hadm_id,
        'vital_pain' as test_id,
        source || ' pain' as label,
        nullif(trim(pain), '') as words,
        try_cast(pain as double) as number,
        cast(null as varchar) as unit,
        charted_at as taken_at,
        charted_at as available_at
    from ed_of_examined
),

items as (
    select
        test_items.test_id,
        test_items.source_table,
        cast(test_items.match_value as bigint) as itemid
    from {{ ref('test_items') }} as test_items
    inner join {{ ref('test_catalogue') }} as test_catalogue
        on test_items.test_id = test_catalogue.test_id
    where
        test_catalogue.kind = 'vital'
        and test_items.source_table in ('icu.chartevents', 'icu.outputevents')
),

icu_events as (
    select
        charted.hadm_id,
        'icu.chartevents' as source_table,
        charted.itemid,
        charted.value_text,
        charted.value_num,
        charted.value_unit,
        charted.charted_at,
        charted.stored_at
    from {{ ref('stg_mimiciv_icu__chartevents') }} as charted
    inner join {{ ref('int_admissions__examined') }} as examined
        on charted.hadm_id = examined.hadm_id
    union all
    select
        outputs.hadm_id,
        'icu.outputevents' as source_table,
        outputs.itemid,
        cast(null as varchar) as value_text,
        outputs.volume_ml as value_num,
        outputs.value_unit,
        outputs.charted_at,
        outputs.stored_at
    from {{ ref('stg_mimiciv_icu__outputevents') }} as outputs
    inner join {{ ref('int_admissions__examined') }} as examined
        on outputs.hadm_id = examined.hadm_id
),

icu_values as (
    select
        events.hadm_id,
        items.test_id,
        dictionary.label || case
            when events.itemid = 223761 then ', in C'
            when events.itemid = 226531 then ', in kg'
            when events.itemid = 226707 then ', in cm'
            else ''
        end as label,
        case
            when try_cast(events.value_text as double) is null
                then nullif(trim(events.value_text), '')
        end as words,
        case
            when events.itemid = 223761 then {{ celsius('events.value_num') }}
            when events.itemid = 226531 then round(events.value_num * 0.45359237, 1)
            when events.itemid = 226707 then round(events.value_num * 2.54, 1)
            when events.itemid = 223835 and events.value_num between 0.2 and 1
                then round(events.value_num * 100, 1)
            when isfinite(events.value_num) then round(events.value_num, 4)
        end as number,
        case events.itemid
            when 223761 then 'C'
            when 223762 then 'C'
            when 226531 then 'kg'
            when 226707 then 'cm'
            when 223835 then '%'
            else nullif(trim(events.value_unit), '')
        end as unit,
        events.charted_at as taken_at,
        greatest(coalesce(events.stored_at, events.charted_at), events.charted_at) as available_at
    from icu_events as events
    inner join items
        on
            events.itemid = items.itemid
            and events.source_table = items.source_table
    left join {{ ref('stg_mimiciv_icu__d_items') }} as dictionary
        on events.itemid = dictionary.itemid
),

charted as (
    select * from ed_values
    union all
    select * from icu_values
)

select
    charted.hadm_id,
    charted.test_id,
    charted.label,
    coalesce(charted.words, {{ number_text('charted.number') }}) as value_text,
    charted.number as value_num,
    charted.unit,
    charted.taken_at,
    charted.available_at
from charted
where
    coalesce(charted.words, cast(charted.number as varchar)) is not null
    and charted.taken_at is not null
    and coalesce({{ is_valid_vital('charted.test_id', 'charted.number') }}, true)
