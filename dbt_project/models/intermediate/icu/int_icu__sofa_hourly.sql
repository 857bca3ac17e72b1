-- SOFA, hour by hour: each organ's worst score of the last 24 hours, and their sum.
-- Grain: one hour of one intensive care stay, from hour 0.
-- Source: icu-definitions.md section 7 (Vincent et al., Intensive Care Med 1996). What was not
-- measured scores 0. The window holds 24 hours of the grid, this one included; before hour 23 it
-- reaches back before the stay, where only laboratory results and gases are.
{% set organs = [
    'respiration', 'coagulation', 'liver', 'cardiovascular', 'brain', 'kidney'
] -%}
with scored as (
    select
        stay_id,
        hour_no,
        ends_at,
        case
            when pf_ratio_ventilated < 100 then 4
            when pf_ratio_ventilated < 200 then 3
            when least(pf_ratio_ventilated, pf_ratio_unventilated) < 300 then 2
            when least(pf_ratio_ventilated, pf_ratio_unventilated) < 400 then 1
            else 0
        end as respiration,
        case
            when platelets_k_ul < 20 then 4
            when platelets_k_ul < 50 then 3
            when platelets_k_ul < 100 then 2
            when platelets_k_ul < 150 then 1
            else 0
        end as coagulation,
        case
            when bilirubin_total_mg_dl >= 12 then 4
            when bilirubin_total_mg_dl >= 6 then 3
            when bilirubin_total_mg_dl >= 2 then 2
            when bilirubin_total_mg_dl >= 1.2 then 1
            else 0
        end as liver,
        case
            when
                dopamine_mcg_kg_min > 15
                or epinephrine_mcg_kg_min > 0.1
                or norepinephrine_mcg_kg_min > 0.1
                then 4
            when
                dopamine_mcg_kg_min > 5
                or epinephrine_mcg_kg_min > 0
                or norepinephrine_mcg_kg_min > 0
                then 3
            when dopamine_mcg_kg_min > 0 or dobutamine_mcg_kg_min > 0 then 2
            when map_mmhg < 70 then 1
            else 0
        end as cardiovascular,
        case
            when gcs < 6 then 4
            when gcs < 10 then 3
            when gcs < 13 then 2
            when gcs < 15 then 1
            else 0
        end as brain,
        case
            when creatinine_mg_dl >= 5 or urine_24h_ml < 200 then 4
            when creatinine_mg_dl >= 3.5 or urine_24h_ml < 500 then 3
            when creatinine_mg_dl >= 2 then 2
            when creatinine_mg_dl >= 1.2 then 1
            else 0
        end as kidney
    from {{ ref('int_icu__sofa_inputs') }}
),

worst as (
    select
        stay_id,
        hour_no,
        {% for organ in organs -%}
            max({{ organ }}) over (
                partition by stay_id
                order by hour_no
                rows between 23 preceding and current row
            ) as {{ organ }},
        {% endfor -%}
        ends_at
    from scored
)

select
    stay_id,
    hour_no,
    ends_at,
    {% for organ in organs -%}
        {{ organ }},
    {% endfor -%}
    {{ organs | join(' + ') }} as sofa
from worst
where hour_no >= 0
