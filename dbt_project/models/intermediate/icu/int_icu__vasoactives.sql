-- Infusions of drugs that act on heart and vessels, at one rate each.
-- Grain: one infused row of an order.
-- Source: icu-definitions.md section 6. Rates in mcg/kg/min, of vasopressin in units/h, of
-- angiotensin as charted. Wrong units are put right: norepinephrine in mg/kg/min (unless the weight
-- is 1, which stands for none), phenylephrine in mcg/min, vasopressin in units/min. A row without a
-- rate, or of no duration, did not run.
with items (itemid, drug, is_vasopressor) as (
    values
    {% for itemid, drug, is_vasopressor in icu_vasoactive_items() -%}
        ({{ itemid }}, '{{ drug }}', {{ is_vasopressor | lower }}){{ ',' if not loop.last }}
    {% endfor %}
)

select
    inputs.subject_id,
    inputs.stay_id,
    items.drug,
    items.is_vasopressor,
    inputs.started_at,
    inputs.ended_at,
    round(
        case
            when
                items.drug = 'norepinephrine'
                and inputs.rate_unit = 'mg/kg/min'
                and coalesce(inputs.patient_weight_kg, 0) != 1
                then inputs.rate * 1000
            when items.drug = 'phenylephrine' and inputs.rate_unit = 'mcg/min'
                then inputs.rate / nullif(inputs.patient_weight_kg, 0)
            when items.drug = 'vasopressin' and inputs.rate_unit = 'units/min'
                then inputs.rate * 60
            else inputs.rate
        end,
        8
    ) as rate
from {{ ref('stg_mimiciv_icu__inputevents') }} as inputs
inner join items
    on inputs.itemid = items.itemid
where
    inputs.rate > 0
    and isfinite(inputs.rate)
    and inputs.started_at < inputs.ended_at
