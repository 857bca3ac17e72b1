-- How many admissions each rule dropped: the first rule that an admission fails counts it.
-- Grain: one condition and rule.
-- For each condition the rows add up to all admissions of the source.
-- missing_modules says which absent modules kept a rule from being applied as it is meant: a
-- required test of which nobody can tell is not asked for (module_missing); without films nobody
-- has a condition that a film's label tells, and without reports no film's findings are shown.
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

required_tests as (
    select
        condition_id,
        rule_id,
        unnest(string_split(replace(rule, 'any_of:', ''), '|')) as test_id
    from {{ ref('cohort_rules') }}
    where starts_with(rule, 'any_of:')
),

-- Required tests of which no landed module tells.
untold as (
    select
        required_tests.condition_id,
        required_tests.rule_id,
        array_to_string(
            list_sort(list_distinct(list({{ modules_of_test('test_catalogue') }}))), ', '
        ) as missing_modules
    from required_tests
    inner join {{ ref('test_catalogue') }} as test_catalogue
        on required_tests.test_id = test_catalogue.test_id
    group by required_tests.condition_id, required_tests.rule_id
    having not bool_or({{ test_is_landed('test_catalogue') }})
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
    coalesce(counts.admissions, 0) as admissions,
    coalesce(
        untold.missing_modules,
        case
            when conditions.dx_position != 'cxr_label' then null
            when rules.rule_id = 'principal_dx' and not {{ module_is_landed('cxr') }} then 'cxr'
            when rules.rule_id = 'condition_rules' and not {{ module_is_landed('note') }}
                then 'note'
        end
    ) as missing_modules
from rules
inner join {{ ref('int_conditions__known') }} as conditions
    on rules.condition_id = conditions.condition_id
left join untold
    on
        rules.condition_id = untold.condition_id
        and rules.rule_id = untold.rule_id
left join counts
    on
        rules.condition_id = counts.condition_id
        and rules.rule_id = counts.rule_id
