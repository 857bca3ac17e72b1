-- Admissions whose events are worth reading: those with a target condition that passed every rule
-- for which no event is needed. Gives keys and times, never why.
-- Grain: one hospital admission.
select
    timed.subject_id,
    timed.hadm_id,
    timed.t0,
    timed.span_from,
    timed.span_to
from {{ ref('int_admissions__timed') }} as timed
where
    timed.hadm_id in (
        select matched.hadm_id
        from {{ ref('int_cohorts__matched') }} as matched
        where matched.failed_rule is null
    )
