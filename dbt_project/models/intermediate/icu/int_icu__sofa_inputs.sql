-- What SOFA is scored from, hour by hour.
-- Grain: one hour of one intensive care stay.
-- Source: icu-definitions.md section 7. Laboratory results join by admission, gases by patient,
-- everything else by stay. Ventilated means invasively, at the time of the gas. An infusion counts
-- in the hour at whose end it runs. Urine is that of 24 hours, scaled, where 22 to 30 hours are
-- documented; the worst value of the hour counts.
with stays as (
    select
        subject_id,
        hadm_id,
        stay_id,
        first_hour_ends_at,
        last_hour
    from {{ ref('int_icu__stays') }}
),

labs as (
    select
        stays.stay_id,
        {{ icu_hour_of('stays.first_hour_ends_at', 'labs.charted_at') }} as hour_no,
        min(case when labs.measure = 'platelets_k_ul' then labs.value_num end) as platelets_k_ul,
        max(
            case when labs.measure = 'bilirubin_total_mg_dl' then labs.value_num end
        ) as bilirubin_total_mg_dl,
        max(case when labs.measure = 'creatinine_mg_dl' then labs.value_num end) as creatinine_mg_dl
    from {{ ref('int_icu__labs') }} as labs
    inner join stays
        on labs.hadm_id = stays.hadm_id
    where labs.measure in ('platelets_k_ul', 'bilirubin_total_mg_dl', 'creatinine_mg_dl')
    group by stays.stay_id, hour_no
),

gases_told as (
    select
        stays.stay_id,
        {{ icu_hour_of('stays.first_hour_ends_at', 'gases.charted_at') }} as hour_no,
        gases.pf_ratio,
        episodes.stay_id is not null as is_ventilated
    from {{ ref('int_icu__blood_gases') }} as gases
    inner join stays
        on gases.subject_id = stays.subject_id
    left join {{ ref('int_icu__ventilation') }} as episodes
        on
            stays.stay_id = episodes.stay_id
            and episodes.status = 'InvasiveVent'
            and gases.charted_at between episodes.started_at and episodes.ended_at
    where
        gases.is_arterial
        and gases.pf_ratio is not null
),

gases as (
    select
        stay_id,
        hour_no,
        min(case when is_ventilated then pf_ratio end) as pf_ratio_ventilated,
        min(case when not is_ventilated then pf_ratio end) as pf_ratio_unventilated
    from gases_told
    group by stay_id, hour_no
),

pressures as (
    select
        stays.stay_id,
        {{ icu_hour_of('stays.first_hour_ends_at', 'vitals.charted_at') }} as hour_no,
        min(vitals.value_num) as map_mmhg
    from {{ ref('int_icu__vitals') }} as vitals
    inner join stays
        on vitals.stay_id = stays.stay_id
    where vitals.measure = 'map_mmhg'
    group by stays.stay_id, hour_no
),

comas as (
    select
        stays.stay_id,
        {{ icu_hour_of('stays.first_hour_ends_at', 'coma.charted_at') }} as hour_no,
        min(coma.gcs) as gcs
    from {{ ref('int_icu__gcs') }} as coma
    inner join stays
        on coma.stay_id = stays.stay_id
    group by stays.stay_id, hour_no
),

urine as (
    select
        stays.stay_id,
        {{ icu_hour_of('stays.first_hour_ends_at', 'outputs.charted_at') }} as hour_no,
        round(min(outputs.urine_24h_ml / outputs.documented_24h * 24), 4) as urine_24h_ml
    from {{ ref('int_icu__urine_output') }} as outputs
    inner join stays
        on outputs.stay_id = stays.stay_id
    where outputs.documented_24h between 22 and 30
    group by stays.stay_id, hour_no
),

running as (
    select
        infusions.stay_id,
        infusions.drug,
        infusions.rate,
        unnest(
            range(
                greatest(
                    cast(
                        floor(
                            {{ hours_between('stays.first_hour_ends_at', 'infusions.started_at') }}
                        ) as bigint
                    ) + 1,
                    -24
                ),
                least(
                    cast(
                        floor(
                            {{ hours_between('stays.first_hour_ends_at', 'infusions.ended_at') }}
                        ) as bigint
                    ),
                    stays.last_hour
                ) + 1
            )
        ) as hour_no
    from {{ ref('int_icu__vasoactives') }} as infusions
    inner join stays
        on infusions.stay_id = stays.stay_id
),

infusions as (
    select
        stay_id,
        {% for drug in ['norepinephrine', 'epinephrine', 'dopamine', 'dobutamine'] -%}
            max(case when drug = '{{ drug }}' then rate end) as {{ drug }}_mcg_kg_min,
        {% endfor -%}
        hour_no
    from running
    group by stay_id, hour_no
)

select
    hours.stay_id,
    hours.hour_no,
    hours.ends_at,
    gases.pf_ratio_ventilated,
    gases.pf_ratio_unventilated,
    labs.platelets_k_ul,
    labs.bilirubin_total_mg_dl,
    labs.creatinine_mg_dl,
    pressures.map_mmhg,
    comas.gcs,
    urine.urine_24h_ml,
    infusions.norepinephrine_mcg_kg_min,
    infusions.epinephrine_mcg_kg_min,
    infusions.dopamine_mcg_kg_min,
    infusions.dobutamine_mcg_kg_min
from {{ ref('int_icu__hours') }} as hours
{% for part in ['gases', 'labs', 'pressures', 'comas', 'urine', 'infusions'] -%}
    left join {{ part }}
        on
            hours.stay_id = {{ part }}.stay_id
            and hours.hour_no = {{ part }}.hour_no
{% endfor %}
