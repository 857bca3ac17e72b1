-- Pneumothorax on the chest film of arrival.
-- Grain: one admission.
-- inclusion_extra: the labels of the film's report (int_films__labelled), not the billed codes; and
-- its findings must be there to be read, since they are what the examination is about.
{{ config(meta={'category': 'radiology', 'condition': 'rad_pneumothorax'}) }}
with screened as (
    {{ screened('rad_pneumothorax') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where {{ film_is_shown('screened') }}
