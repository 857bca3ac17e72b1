-- Hourly grid of each stay, from 24 hours before its clock starts.
-- Grain: one hour of one intensive care stay.
-- Source: icu-definitions.md section 0. A value belongs to the hour when ends_at - 1 h < charted_at
-- <= ends_at.
with numbered as (
    select
        stay_id,
        first_hour_ends_at,
        unnest(range(-24, last_hour + 1)) as hour_no
    from {{ ref('int_icu__stays') }}
)

select
    stay_id,
    hour_no,
    first_hour_ends_at + hour_no * interval 1 hour as ends_at
from numbered
