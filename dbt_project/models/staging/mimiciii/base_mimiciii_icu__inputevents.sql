-- What MIMIC-III's units gave, CareVue and MetaVision, in the shape of MIMIC-IV's.
-- Grain: one input of an order; of CareVue one charted row.
-- MetaVision: as it is, without orders that were rewritten. CareVue charts a rate at a moment. A
-- rate holds until the next row of the same drug and stay, at most 8 h (MIT-LCP/mimic-code,
-- durations of vasopressors in MIMIC-III), else for one hour; a rate of zero ends it and is no row
-- of its own. A row without a rate is a bolus of one minute. Orders of CareVue are not numbered so
-- that a row is found again: they get the row's number, below zero. Norepinephrine, epinephrine and
-- phenylephrine that were charted in mcg/min are divided by the stay's weight (admission weight,
-- else daily weight, else 80 kg, as there): MIMIC-IV charts mcg/kg/min.
with items as (
    {{ mimiciii_items('inputevents_cv') }}
),

weights as (
    select
        icustay_id,
        arg_min(
            valuenum,
            struct_pack(
                is_daily := itemid in (763, 224639), charted := charttime, row_no := row_id
            )
        ) as weight_kg
    from {{ source('mimiciii', 'chartevents') }}
    where
        itemid in (762, 763, 226512, 224639)
        and coalesce(error, 0) != 1
        and charttime is not null
        and valuenum between 20 and 500
    group by icustay_id
),

carevue as (
    select
        events.*,
        coalesce(items.itemid, events.itemid) as mapped_itemid,
        events.rateuom = 'mcgmin' and items.itemid in (221906, 221289, 221749) as is_per_weight
    from {{ source('mimiciii', 'inputevents_cv') }} as events
    left join items
        on events.itemid = items.mimiciii_itemid
    where
        events.icustay_id is not null
        and events.hadm_id is not null
        and events.charttime is not null
),

rates as (
    select
        *,
        lead(charttime) over (
            partition by icustay_id, mapped_itemid order by charttime, row_id
        ) as next_at
    from carevue
    where rate is not null
),

given as (
    select
        *,
        case
            when next_at <= charttime + interval 8 hours then next_at
            else charttime + interval 1 hour
        end as ended_at
    from rates
    where rate > 0
    union all
    select
        *,
        cast(null as timestamp) as next_at,
        charttime + interval 1 minute as ended_at
    from carevue
    where rate is null and amount > 0
)

select
    given.subject_id,
    given.hadm_id,
    given.icustay_id as stay_id,
    given.cgid as caregiver_id,
    given.charttime as starttime,
    given.ended_at as endtime,
    given.storetime,
    given.mapped_itemid as itemid,
    given.amount,
    given.amountuom,
    case
        when given.is_per_weight then given.rate / coalesce(weights.weight_kg, 80)
        else given.rate
    end as rate,
    case
        when given.is_per_weight then 'mcg/kg/min'
        when given.rateuom = 'mcgkgmin' then 'mcg/kg/min'
        when given.rateuom = 'mcgkghr' then 'mcg/kg/hour'
        when given.rateuom = 'mgkghr' then 'mg/kg/hour'
        when given.rateuom = 'mcgmin' then 'mcg/min'
        when given.rateuom = 'mcghr' then 'mcg/hour'
        when given.rateuom = 'mgmin' then 'mg/min'
        when given.rateuom = 'mghr' then 'mg/hour'
        when given.rateuom = 'Umin' then 'units/min'
        when given.rateuom = 'Uhr' then 'units/hour'
        else given.rateuom
    end as rateuom,
    -given.row_id as orderid,
    -given.row_id as linkorderid,
    cast(null as varchar) as ordercategoryname,
    cast(null as varchar) as secondaryordercategoryname,
    cast(null as varchar) as ordercomponenttypedescription,
    case when given.rate is null then 'Bolus' else 'Continuous Med' end as ordercategorydescription,
    weights.weight_kg as patientweight,
    cast(null as double) as totalamount,
    cast(null as varchar) as totalamountuom,
    cast(null as smallint) as isopenbag,
    cast(null as smallint) as continueinnextdept,
    cast(null as varchar) as statusdescription,
    given.originalamount,
    given.originalrate
from given
left join weights
    on given.icustay_id = weights.icustay_id
union all
select
    subject_id,
    hadm_id,
    icustay_id as stay_id,
    cgid as caregiver_id,
    starttime,
    endtime,
    storetime,
    itemid,
    amount,
    amountuom,
    rate,
    rateuom,
    coalesce(orderid, row_id) as orderid,
    linkorderid,
    ordercategoryname,
    secondaryordercategoryname,
    ordercomponenttypedescription,
    ordercategorydescription,
    patientweight,
    totalamount,
    totalamountuom,
    isopenbag,
    continueinnextdept,
    statusdescription,
    originalamount,
    originalrate
from {{ source('mimiciii', 'inputevents_mv') }}
where
    hadm_id is not null
    and statusdescription is distinct from 'Rewritten'
