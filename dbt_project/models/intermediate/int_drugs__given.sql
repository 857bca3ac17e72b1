-- Drugs of the scenarios, as actions of the catalogue: private.
-- Grain: one drug row and action.
-- Source: actions.csv. A name may be several actions (ceftriaxone is ten). Names are matched once
-- each, not row by row. emar: rows that say a dose was given or an infusion started; pyxis:
-- dispensed in the emergency department; inputevents: started in intensive care; prescriptions
-- (without BASE): an order is not a dose, is_given is false. By route and dose of the pharmacy
-- entry: heparin under the skin is prophylaxis, not treatment, and by another route treatment;
-- enoxaparin up to 40 mg is prophylaxis, above it treatment (actions.csv, notes); alteplase up to
-- 2 mg clears a catheter. Where neither is known, a name is every action that it can mean.
with selected as (
    select
        hadm_id,
        t0
    from {{ ref('int_cohorts__selected') }}
),

routes as (
    select
        prescriptions.pharmacy_id,
        min(prescriptions.route) as route,
        max(try_cast(prescriptions.dose_val_rx as double)) filter (
            where lower(prescriptions.dose_unit_rx) = 'mg'
        ) as dose_mg
    from {{ ref('stg_mimiciv_hosp__prescriptions') }} as prescriptions
    inner join selected
        on prescriptions.hadm_id = selected.hadm_id
    where prescriptions.drug_type != 'BASE'
    group by prescriptions.pharmacy_id
),

named as (
    select
        emar.hadm_id,
        'emar' as source,
        lower(trim(emar.drug_name)) as drug_name,
        routes.route,
        routes.dose_mg,
        emar.charted_at as done_at,
        true as is_given
    from {{ ref('stg_mimiciv_hosp__emar') }} as emar
    inner join selected
        on emar.hadm_id = selected.hadm_id
    left join routes
        on emar.pharmacy_id = routes.pharmacy_id
    where
        emar.event in (
            'Administered',
            'Administered Bolus from IV Drip',
            'Administered in Other Location',
            'Delayed Administered',
            'Partial Administered',
            'Applied',
            'Applied in Other Location',
            'Removed Existing / Applied New',
            'Started',
            'Delayed Started',
            'Started in Other Location',
            'Restarted'
        )
    union all
    select
        stays.hadm_id,
        'pyxis' as source,
        lower(trim(pyxis.drug_name)) as drug_name,
        cast(null as varchar) as route,
        cast(null as double) as dose_mg,
        pyxis.charted_at as done_at,
        true as is_given
    from {{ ref('stg_mimiciv_ed__pyxis') }} as pyxis
    inner join {{ ref('stg_mimiciv_ed__edstays') }} as stays
        on pyxis.stay_id = stays.stay_id
    inner join selected
        on stays.hadm_id = selected.hadm_id
    union all
    select
        prescriptions.hadm_id,
        'prescriptions' as source,
        lower(trim(prescriptions.drug_name)) as drug_name,
        prescriptions.route,
        case
            when lower(prescriptions.dose_unit_rx) = 'mg'
                then try_cast(prescriptions.dose_val_rx as double)
        end as dose_mg,
        prescriptions.started_at as done_at,
        false as is_given
    from {{ ref('stg_mimiciv_hosp__prescriptions') }} as prescriptions
    inner join selected
        on prescriptions.hadm_id = selected.hadm_id
    where prescriptions.drug_type != 'BASE'
),

names as (
    select distinct drug_name
    from named
    where drug_name != ''
),

actions_of_names as (
    select
        names.drug_name,
        actions.action_id
    from names
    inner join {{ ref('actions') }} as actions
        on
            regexp_matches(names.drug_name, '(?i)' || actions.drug_regex)
            and not coalesce(
                regexp_matches(names.drug_name, '(?i)' || actions.drug_exclude_regex), false
            )
    where actions.kind = 'drug'
),

infused as (
    select
        actions.action_id,
        cast(unnest(string_split(actions.inputevents_itemids, '|')) as bigint) as itemid
    from {{ ref('actions') }} as actions
    where actions.kind = 'drug'
)

select
    named.hadm_id,
    actions_of_names.action_id,
    named.source,
    named.done_at,
    named.is_given
from named
inner join actions_of_names
    on named.drug_name = actions_of_names.drug_name
where
    named.done_at is not null
    and not (
        actions_of_names.action_id in ('drug_heparin_iv', 'drug_anticoag_any')
        and contains(named.drug_name, 'heparin')
        and coalesce(named.route, '') = 'SC'
    )
    and not (
        actions_of_names.action_id = 'drug_dvt_prophylaxis'
        and contains(named.drug_name, 'heparin')
        and not contains(named.drug_name, 'enoxaparin')
        and coalesce(named.route, 'SC') != 'SC'
    )
    and not (
        actions_of_names.action_id in ('drug_lmwh_treatment', 'drug_anticoag_any')
        and regexp_matches(named.drug_name, 'enoxaparin|lovenox')
        and coalesce(named.dose_mg <= 40, false)
    )
    and not (
        actions_of_names.action_id = 'drug_dvt_prophylaxis'
        and regexp_matches(named.drug_name, 'enoxaparin|lovenox')
        and coalesce(named.dose_mg > 40, false)
    )
    and not (
        actions_of_names.action_id = 'drug_thrombolysis'
        and coalesce(named.dose_mg <= 2, false)
    )
union all
select
    inputs.hadm_id,
    infused.action_id,
    'inputevents' as source,
    inputs.started_at as done_at,
    true as is_given
from {{ ref('stg_mimiciv_icu__inputevents') }} as inputs
inner join selected
    on inputs.hadm_id = selected.hadm_id
inner join infused
    on inputs.itemid = infused.itemid
