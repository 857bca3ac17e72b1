-- Lowest, highest and mean of what was measured on the first day of a stay.
-- Grain: one intensive care stay and measure.
-- Source: icu-definitions.md section 0: from 6 hours before to 24 hours after admission to the
-- unit, vitals and coma scale by stay, laboratory results and gases by patient; urine from
-- admission, and its `total` is the output of the day. Gases but lactate are arterial ones. Height:
-- 226730 in cm, 226707 in inches, more than 120 and less than 230 cm.
with measured as (
    select
        stay_id,
        measure,
        charted_at,
        value_num
    from {{ ref('int_icu__vitals') }}
    union all
    select
        stay_id,
        'gcs' as measure,
        charted_at,
        cast(gcs as double) as value_num
    from {{ ref('int_icu__gcs') }}
    union all
    select
        stay_id,
        case when itemid in (226512, 224639) then 'weight_kg' else 'height_cm' end as measure,
        charted_at,
        case when itemid = 226707 then round(value_num * 2.54, 4) else value_num end as value_num
    from {{ ref('int_icu__charted') }}
    where
        (
            itemid in (226512, 224639)
            and {{ is_valid_vital("'vital_weight'", 'value_num') }}
        )
        or (itemid = 226730 and {{ is_valid_vital("'vital_height'", 'value_num') }})
        or (itemid = 226707 and {{ is_valid_vital("'vital_height'", 'value_num * 2.54') }})
),

gases as (
    {% for measure, condition in [
        ('lactate_mmol_l', 'true'),
        ('ph', 'is_arterial'),
        ('po2_mmhg', 'is_arterial'),
        ('pco2_mmhg', 'is_arterial'),
        ('base_excess_meq_l', 'is_arterial'),
        ('fio2_pct', 'is_arterial'),
        ('pf_ratio', 'is_arterial'),
        ('aa_gradient_mmhg', 'is_arterial'),
    ] -%}
        select
            subject_id,
            '{{ measure }}' as measure,
            charted_at,
            {{ measure }} as value_num
        from {{ ref('int_icu__blood_gases') }}
        where
            {{ measure }} is not null
            and {{ condition }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

results as (
    select
        subject_id,
        measure,
        charted_at,
        value_num
    from {{ ref('int_icu__labs') }}
    where measure not in ({{ icu_gas_measure_list() }})
    union all
    select * from gases
),

windowed as (
    select
        stays.stay_id,
        measured.measure,
        measured.value_num
    from measured
    inner join {{ ref('int_icu__stays') }} as stays
        on measured.stay_id = stays.stay_id
    where
        measured.charted_at >= stays.arrived_at - interval 6 hours
        and measured.charted_at <= stays.arrived_at + interval 24 hours
    union all
    select
        stays.stay_id,
        results.measure,
        results.value_num
    from results
    inner join {{ ref('int_icu__stays') }} as stays
        on results.subject_id = stays.subject_id
    where
        results.charted_at >= stays.arrived_at - interval 6 hours
        and results.charted_at <= stays.arrived_at + interval 24 hours
    union all
    select
        stays.stay_id,
        'urine_ml' as measure,
        outputs.urine_ml as value_num
    from {{ ref('int_icu__urine_output') }} as outputs
    inner join {{ ref('int_icu__stays') }} as stays
        on outputs.stay_id = stays.stay_id
    where
        outputs.charted_at >= stays.arrived_at
        and outputs.charted_at <= stays.arrived_at + interval 24 hours
)

select
    stay_id,
    measure,
    count(*) as readings,
    min(value_num) as lowest,
    max(value_num) as highest,
    round(avg(value_num), 4) as mean,
    case when measure = 'urine_ml' then round(sum(value_num), 4) end as total
from windowed
group by stay_id, measure
