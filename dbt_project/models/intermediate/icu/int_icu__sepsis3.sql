-- Stays with sepsis: an infection was suspected, and organs failed around that time.
-- Grain: one intensive care stay with sepsis.
-- Source: icu-definitions.md section 8 (Singer et al., JAMA 2016): SOFA of 2 or more at the end of
-- an hour from 48 hours before to 24 hours after the suspicion; the SOFA before is taken as 0. The
-- suspicion is that of the admission, so that sepsis treated in the emergency department or on the
-- ward counts. The earliest suspicion that holds is kept.
with failing as (
    select
        stays.stay_id,
        stays.hadm_id,
        sofa.ends_at,
        sofa.sofa
    from {{ ref('int_icu__sofa_hourly') }} as sofa
    inner join {{ ref('int_icu__stays') }} as stays
        on sofa.stay_id = stays.stay_id
    where sofa.sofa >= 2
)

select
    failing.stay_id,
    suspected.suspected_at,
    suspected.antibiotic_at,
    suspected.culture_at,
    suspected.is_culture_positive,
    failing.ends_at as sofa_at,
    failing.sofa
from failing
inner join {{ ref('int_icu__infection_suspected') }} as suspected
    on
        failing.hadm_id = suspected.hadm_id
        and failing.ends_at >= suspected.suspected_at - interval 48 hours
        and failing.ends_at <= suspected.suspected_at + interval 24 hours
qualify
    row_number() over (
        partition by failing.stay_id
        order by
            suspected.suspected_at, suspected.antibiotic_at, suspected.culture_at, failing.ends_at
    ) = 1
