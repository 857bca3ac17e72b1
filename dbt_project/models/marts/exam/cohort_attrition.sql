-- How many admissions each rule dropped: the first rule that an admission fails counts it.
-- Grain: one condition and rule.
-- For each condition the rows add up to all admissions of the source.
{{ config(post_hook="{{ export_mart('category, condition_id, rule_order') }}") }}
with cohorts as (
    {% for cohort in cohort_models() -%}
        select
            '{{ cohort.category }}' as category,
            '{{ cohort.condition }}' as condition_id
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}
),

shared_rules as (
    {% for rule in screening_rules() -%}
        select
            '{{ rule }}' as rule_id,
            {{ loop.index }} as step
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}
),

rules as (
    select
        cohorts.category,
        cohorts.condition_id,
        coalesce(required.rule_id, shared_rules.rule_id) as rule_id,
        shared_rules.step
    from cohorts
    cross join shared_rules
    left join {{ ref('cohort_rules') }} as required
        on
            shared_rules.rule_id = 'required_tests'
            and cohorts.condition_id = required.condition_id
            and starts_with(required.rule, 'any_of:')
    where shared_rules.rule_id != 'required_tests' or required.rule_id is not null
),

-- Admissions without the condition fail as adults, or have another principal diagnosis.
unmatched as (
    select
        cohorts.condition_id,
        case
            when coalesce(timed.age_years, 0) < 18 then 'adult' else 'principal_dx'
        end as rule_id
    from cohorts
    cross join {{ ref('int_admissions__timed') }} as timed
    left join {{ ref('int_cohorts__screened') }} as screened
        on
            timed.hadm_id = screened.hadm_id
            and cohorts.condition_id = screened.condition_id
    where screened.hadm_id is null
),

matched as (
    select
        screened.condition_id,
        coalesce(screened.failed_rule, placed.outcome, 'condition_rules') as rule_id
    from {{ ref('int_cohorts__screened') }} as screened
    left join {{ ref('int_cohorts__placed') }} as placed
        on
            screened.hadm_id = placed.hadm_id
            and screened.condition_id = placed.condition_id
),

outcomes as (
    select * from unmatched
    union all
    select * from matched
),

counts as (
    select
        condition_id,
        rule_id,
        count(*) as admissions
    from outcomes
    group by condition_id, rule_id
)

select
    rules.category,
    rules.condition_id,
    cast(
        row_number() over (
            partition by rules.condition_id order by rules.step, rules.rule_id
        ) as integer
    ) as rule_order,
    rules.rule_id,
    coalesce(counts.admissions, 0) as admissions
from rules
left join counts
    on
        rules.condition_id = counts.condition_id
        and rules.rule_id = counts.rule_id
