-- Every catalogue test that an admission really had, up to discharge.
-- Grain: one admission and test.
-- Labs, cultures, vitals with a result that has an availability; imaging, ECG and echo, even those
-- of which nothing may be shown; examinations; procedures; and panels, which count when any member
-- has a result (the earliest member's times).
with singles as (
    {% for model, which in [
        ('int_labs__resulted', 'available_at is not null'), ('int_cultures__resulted', 'true'),
        ('int_vitals__charted', 'true'), ('int_imaging__reported', 'available_at is not null'),
        ('int_ecg__read', 'true'), ('int_echo__made', 'true'), ('int_oximetry__paired', 'true'),
        ('int_notes__examined', 'true')
    ] -%}
        select
            hadm_id,
            test_id,
            taken_at,
            available_at
        from {{ ref(model) }}
        where {{ which }}
        union all
    {% endfor -%}
    select
        hadm_id,
        entry_id as test_id,
        done_at as taken_at,
        done_at as available_at
    from {{ ref('int_procedures__done') }}
    where catalogue = 'test'
),

first_singles as (
    select
        singles.hadm_id,
        singles.test_id,
        min(singles.taken_at) as first_taken_at,
        min(singles.available_at) as first_available_at
    from singles
    inner join {{ ref('int_admissions__timed') }} as timed
        on singles.hadm_id = timed.hadm_id
    where singles.taken_at between timed.t0 - interval 24 hours and timed.discharged_at
    group by singles.hadm_id, singles.test_id
),

panels as (
    select
        test_id,
        unnest(string_split(member_test_ids, '|')) as member_test_id
    from {{ ref('test_catalogue') }}
    where kind = 'panel'
)

select
    hadm_id,
    test_id,
    first_taken_at,
    first_available_at
from first_singles
union all
select
    first_singles.hadm_id,
    panels.test_id,
    min(first_singles.first_taken_at) as first_taken_at,
    min(first_singles.first_available_at) as first_available_at
from first_singles
inner join panels
    on first_singles.test_id = panels.member_test_id
group by first_singles.hadm_id, panels.test_id
