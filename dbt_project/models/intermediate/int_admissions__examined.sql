-- Visits whose events are worth reading: admissions with a target condition that passed every rule
-- for which no event is needed, and what the other kinds of scenario ask about. Gives keys and
-- times, never why.
-- Grain: one visit: an admission, or an emergency visit without one (int_visits__arrived).
-- MEDCRED_ONLY_CONDITION narrows it to one condition: a cohort that is tried out reads no other
-- cohort's events.
{% set only_condition = env_var('MEDCRED_ONLY_CONDITION', '') -%}
with wanted as (
    select hadm_id
    from {{ ref('int_cohorts__matched') }}
    where
        failed_rule is null
        and '{{ only_condition }}' in ('', condition_id)
    {% for model in screened_tasks() -%}
        union
        select hadm_id
        from {{ ref(model) }}
        where
            failed_rule is null
            and '{{ only_condition }}' = ''
    {% endfor %}
)

select
    spanned.subject_id,
    spanned.hadm_id,
    spanned.t0,
    spanned.span_from,
    spanned.span_to
from {{ ref('int_visits__spanned') }} as spanned
inner join wanted
    on spanned.hadm_id = wanted.hadm_id
