-- Every admission with a target condition and the first shared rule that it fails; null when it
-- passes them all, and the condition's own file decides.
-- Grain: one admission and condition.
-- Source: cohort_rules.csv. required_tests_N (`any_of:a|b`): at least one of the tests was taken
-- from t0 - 24 h to t0 + 72 h and has a result. Taken, not resulted: a blood culture without
-- growth is final after five days. A panel counts when any member has a result. A rule is skipped
-- when the modules that would tell of its tests are not landed (module_missing).
-- min_labs: a lab of the evidence window, so that there is something to show. too_short: decision
-- time earlier than t0 + 1 h.
with required as (
    select
        condition_id,
        rule_id,
        unnest(string_split(replace(rule, 'any_of:', ''), '|')) as test_id
    from {{ ref('cohort_rules') }}
    where starts_with(rule, 'any_of:')
),

tellable as (
    select
        required.condition_id,
        required.rule_id
    from required
    inner join {{ ref('test_catalogue') }} as test_catalogue
        on required.test_id = test_catalogue.test_id
    group by required.condition_id, required.rule_id
    having bool_or({{ test_is_landed('test_catalogue') }})
),

early_tests as (
    select
        decided.hadm_id,
        decided.condition_id,
        tests.test_id
    from {{ ref('int_cohorts__decided') }} as decided
    inner join {{ ref('int_tests__done') }} as tests
        on decided.hadm_id = tests.hadm_id
    where tests.first_taken_at <= decided.t0 + interval 72 hours
),

lacking as (
    select
        decided.hadm_id,
        decided.condition_id,
        min(tellable.rule_id) as rule_id
    from {{ ref('int_cohorts__decided') }} as decided
    inner join tellable
        on decided.condition_id = tellable.condition_id
    where
        not exists (
            select 1
            from required
            inner join early_tests
                on required.test_id = early_tests.test_id
            where
                required.condition_id = tellable.condition_id
                and required.rule_id = tellable.rule_id
                and early_tests.hadm_id = decided.hadm_id
                and early_tests.condition_id = decided.condition_id
        )
    group by decided.hadm_id, decided.condition_id
),

with_labs as (
    select distinct
        decided.hadm_id,
        decided.condition_id
    from {{ ref('int_cohorts__decided') }} as decided
    inner join {{ ref('int_labs__resulted') }} as labs
        on decided.hadm_id = labs.hadm_id
    where
        labs.taken_at >= decided.t0 - interval 24 hours
        and labs.available_at <= decided.decision_at
),

icu_stays as (
    select
        hadm_id,
        stay_id,
        arrived_at
    from {{ ref('stg_mimiciv_icu__icustays') }}
    qualify row_number() over (partition by hadm_id order by arrived_at, stay_id) = 1
)

select
    matched.subject_id,
    matched.hadm_id,
    icu_stays.stay_id,
    timed.t0,
    matched.condition_id,
    matched.target_code,
    matched.target_version,
    matched.target_seq_num,
    {{ hours_between('timed.t0', 'icu_stays.arrived_at') }} as icu_hours,
    decided.decision_at,
    coalesce(
        matched.failed_rule,
        lacking.rule_id,
        case
            when decided.decision_at < decided.t0 + interval 1 hour then 'too_short'
            when with_labs.hadm_id is null then 'min_labs'
        end
    ) as failed_rule
from {{ ref('int_cohorts__matched') }} as matched
inner join {{ ref('int_admissions__timed') }} as timed
    on matched.hadm_id = timed.hadm_id
left join icu_stays
    on matched.hadm_id = icu_stays.hadm_id
left join {{ ref('int_cohorts__decided') }} as decided
    on
        matched.hadm_id = decided.hadm_id
        and matched.condition_id = decided.condition_id
left join lacking
    on
        matched.hadm_id = lacking.hadm_id
        and matched.condition_id = lacking.condition_id
left join with_labs
    on
        matched.hadm_id = with_labs.hadm_id
        and matched.condition_id = with_labs.condition_id
