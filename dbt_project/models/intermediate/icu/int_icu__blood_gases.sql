-- Blood gases with the oxygen that was breathed.
-- Grain: one specimen.
-- Source: icu-definitions.md section 2. The fraction of inspired oxygen is that of the specimen (20
-- < x <= 100 %, 0.2 < x <= 1 as a fraction), else the latest charted of the 4 hours before (20 <= x
-- <= 100, 0.2 <= x <= 1 as a fraction; between them an oxygen flow was typed into the wrong field).
-- Arterial is what the laboratory calls so (`ART.`). A-a gradient at sea level: FiO2 x (760 - 47) -
-- pCO2 / 0.8 - pO2.
with specimens as (
    select
        specimen_id,
        min(subject_id) as subject_id,
        max(hadm_id) as hadm_id,
        max(charted_at) as charted_at,
        {% for measure in icu_gas_measures() if measure != 'specimen' -%}
            max(case when measure = '{{ measure }}' then value_num end) as {{ measure }},
        {% endfor -%}
        max(words) as specimen
    from {{ ref('int_icu__labs') }}
    where
        measure in ({{ icu_gas_measure_list() }})
        and specimen_id is not null
    group by specimen_id
),

breathed as (
    select
        subject_id,
        charted_at,
        max(
            case
                when value_num between 0.2 and 1 then value_num * 100
                when value_num between 20 and 100 then value_num
            end
        ) as fio2_pct
    from {{ ref('int_icu__charted') }}
    where
        itemid = 223835
        and (value_num between 0.2 and 1 or value_num between 20 and 100)
    group by subject_id, charted_at
),

cleaned as (
    select
        *,
        case
            when fio2_raw > 20 and fio2_raw <= 100 then fio2_raw
            when fio2_raw > 0.2 and fio2_raw <= 1 then fio2_raw * 100
        end as fio2_of_specimen_pct
    from specimens
),

joined as (
    select
        cleaned.*,
        coalesce(
            cleaned.fio2_of_specimen_pct,
            case
                when breathed.charted_at >= cleaned.charted_at - interval 4 hours
                    then breathed.fio2_pct
            end
        ) as fio2_pct
    from cleaned
    asof left join breathed
        on
            cleaned.subject_id = breathed.subject_id
            and cleaned.charted_at >= breathed.charted_at
)

select
    specimen_id,
    subject_id,
    hadm_id,
    charted_at,
    specimen,
    coalesce(specimen = 'ART.', false) as is_arterial,
    ph,
    po2_mmhg,
    pco2_mmhg,
    base_excess_meq_l,
    lactate_mmol_l,
    round(fio2_pct, 4) as fio2_pct,
    round(100 * po2_mmhg / fio2_pct, 4) as pf_ratio,
    round(fio2_pct / 100 * (760 - 47) - pco2_mmhg / 0.8 - po2_mmhg, 4) as aa_gradient_mmhg
from joined
