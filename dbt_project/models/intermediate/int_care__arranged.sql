-- Consults, dispositions and monitoring of the scenarios, as actions of the catalogue: private.
-- Grain: one service, stay, movement or order and action.
-- Source: actions.csv. The services that stand for a consult are read from mimic_match
-- (`services.curr_service in (NMED,NSURG)`). Movements tell of intensive and neurological care by
-- the name of the unit. Orders count when they are new: for a consult and for monitoring the order
-- is the act. Consult orders are sparse: absence proves nothing.
with services_of_actions as (
    select
        action_id,
        unnest(
            string_split(
                regexp_extract(
                    mimic_match, 'services\.curr_service (?:= |in \()([A-Z,]+)', 1
                ),
                ','
            )
        ) as service
    from {{ ref('actions') }}
    where contains(mimic_match, 'services.curr_service')
),

orders_of_actions (order_type, order_subtype, action_id) as (
    values
    ('Consults', 'Cardiology (General)', 'consult_cardiology'),
    ('Consults', 'Gastroenterology', 'consult_gi'),
    ('Consults', 'Nephrology', 'consult_nephrology'),
    ('Consults', 'Infectious Disease', 'consult_id'),
    ('Consults', 'Pulmonary', 'consult_pulm'),
    ('Consults', 'Diabetes Consult', 'consult_endocrine'),
    ('Consults', 'Psychiatry', 'consult_psychiatry'),
    ('Consults', 'Palliative Care/Ethics Support', 'consult_palliative'),
    ('General Care', 'Telemetry', 'mon_telemetry'),
    ('General Care', 'Precautions', 'mon_isolation'),
    ('General Care', 'Therapeutic devices/DVT/Prophylaxis', 'mon_vte_risk'),
    ('Nutrition', 'NPO/Diet for Procedure', 'mon_npo_bowel_rest')
),

units_of_actions (unit_pattern, action_id) as (
    values
    ('(?i)intensive care|\bICU\b|\bCCU\b|\bCVICU\b|\bSICU\b|\bTSICU\b|\bMICU\b', 'dispo_icu'),
    ('(?i)neuro s|neuro i|neuro-?icu|stroke', 'dispo_stroke_neuro_unit')
),

arranged as (
    select
        services.hadm_id,
        services_of_actions.action_id,
        'services' as source,
        services.transferred_at as done_at
    from {{ ref('stg_mimiciv_hosp__services') }} as services
    inner join services_of_actions
        on services.curr_service = services_of_actions.service
    union all
    select
        hadm_id,
        'dispo_icu' as action_id,
        'icustays' as source,
        arrived_at as done_at
    from {{ ref('stg_mimiciv_icu__icustays') }}
    union all
    select
        hadm_id,
        'dispo_admit' as action_id,
        'edstays' as source,
        left_at as done_at
    from {{ ref('stg_mimiciv_ed__edstays') }}
    union all
    select
        moves.hadm_id,
        units_of_actions.action_id,
        'transfers' as source,
        moves.arrived_at as done_at
    from {{ ref('stg_mimiciv_hosp__transfers') }} as moves
    inner join units_of_actions
        on regexp_matches(moves.careunit, units_of_actions.unit_pattern)
    where moves.arrived_at is not null
    union all
    select
        orders.hadm_id,
        orders_of_actions.action_id,
        'poe' as source,
        orders.ordered_at as done_at
    from {{ ref('stg_mimiciv_hosp__poe') }} as orders
    inner join orders_of_actions
        on
            orders.order_type = orders_of_actions.order_type
            and orders.order_subtype = orders_of_actions.order_subtype
    where orders.transaction_type = 'New'
)

select
    arranged.hadm_id,
    arranged.action_id,
    arranged.source,
    arranged.done_at
from arranged
inner join {{ ref('int_cohorts__selected') }} as selected
    on arranged.hadm_id = selected.hadm_id
