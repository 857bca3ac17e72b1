-- An admission and an emergency visit without one never bear the same number: int_visits__arrived
-- names visits by either.
select count(*) as visits
from {{ ref('stg_mimiciv_ed__edstays') }} as stays
inner join {{ ref('stg_mimiciv_hosp__admissions') }} as admissions
    on stays.stay_id = admissions.hadm_id
where stays.hadm_id is null
having count(*) > 0
