-- Consults and dispositions of the scenarios, as actions of the catalogue: private.
-- Grain: one service, intensive care stay or emergency stay and action.
-- Source: actions.csv. The services that stand for a consult are read from mimic_match
-- (`services.curr_service in (NMED,NSURG)`). Consult orders are sparse: absence proves nothing.
with selected as (
    select
        hadm_id,
        t0
    from {{ ref('int_cohorts__selected') }}
),

services_of_actions as (
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
)

select
    services.hadm_id,
    services_of_actions.action_id,
    'services' as source,
    services.transferred_at as done_at
from {{ ref('stg_mimiciv_hosp__services') }} as services
inner join selected
    on services.hadm_id = selected.hadm_id
inner join services_of_actions
    on services.curr_service = services_of_actions.service
union all
select
    stays.hadm_id,
    'dispo_icu' as action_id,
    'icustays' as source,
    stays.arrived_at as done_at
from {{ ref('stg_mimiciv_icu__icustays') }} as stays
inner join selected
    on stays.hadm_id = selected.hadm_id
union all
select
    stays.hadm_id,
    'dispo_admit' as action_id,
    'edstays' as source,
    stays.left_at as done_at
from {{ ref('stg_mimiciv_ed__edstays') }} as stays
inner join selected
    on stays.hadm_id = selected.hadm_id
