-- Suspicions of infection: an antibiotic and a culture close together.
-- Grain: one admission and start of an antibiotic that has a culture.
-- Source: icu-definitions.md section 8 (Seymour et al., JAMA 2016). By patient: the culture first
-- and the antibiotic within 72 hours after, or the antibiotic first and the culture within 24 hours
-- after; without a time by dates, 3 days and 1 day. The earliest culture counts, of several at once
-- a positive one. The suspicion begins with what came first. A culture at the very moment of the
-- antibiotic counts as first. Every specimen counts, whatever grew; 90856 and 90760 are no growth.
with cultures as (
    select
        events.subject_id,
        events.micro_specimen_id,
        max(events.charted_at) as cultured_at,
        max(events.charted_on) as cultured_on,
        bool_or(
            coalesce(trim(events.org_name), '') != ''
            and coalesce(events.org_itemid, 0) not in (90856, 90760)
        ) as is_positive
    from {{ ref('stg_mimiciv_hosp__microbiologyevents') }} as events
    inner join (select distinct subject_id from {{ ref('int_icu__antibiotics') }}) as treated
        on events.subject_id = treated.subject_id
    group by events.subject_id, events.micro_specimen_id
),

paired as (
    select
        antibiotics.subject_id,
        antibiotics.hadm_id,
        antibiotics.started_at as antibiotic_at,
        coalesce(cultures.cultured_at, cast(cultures.cultured_on as timestamp)) as culture_at,
        cultures.is_positive,
        cultures.micro_specimen_id,
        case
            when cultures.cultured_at is not null
                then
                    antibiotics.started_at >= cultures.cultured_at
                    and antibiotics.started_at <= cultures.cultured_at + interval 72 hours
            else
                cast(antibiotics.started_at as date) >= cultures.cultured_on
                and cast(antibiotics.started_at as date) <= cultures.cultured_on + 3
        end as is_culture_first
    from {{ ref('int_icu__antibiotics') }} as antibiotics
    inner join cultures
        on antibiotics.subject_id = cultures.subject_id
    where
        case
            when cultures.cultured_at is not null
                then
                    antibiotics.started_at >= cultures.cultured_at - interval 24 hours
                    and antibiotics.started_at <= cultures.cultured_at + interval 72 hours
            else
                cast(antibiotics.started_at as date) >= cultures.cultured_on - 1
                and cast(antibiotics.started_at as date) <= cultures.cultured_on + 3
        end
)

select
    subject_id,
    hadm_id,
    antibiotic_at,
    culture_at,
    is_culture_first,
    is_positive as is_culture_positive,
    case when is_culture_first then culture_at else antibiotic_at end as suspected_at
from paired
qualify
    row_number() over (
        partition by hadm_id, antibiotic_at
        order by
            is_culture_first desc, culture_at asc, is_positive desc, micro_specimen_id asc
    ) = 1
