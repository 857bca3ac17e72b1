-- Providers, by deidentified id.
-- Grain: one provider.
select landed.provider_id
from {{ source('mimiciv_hosp', 'provider') }} as landed
