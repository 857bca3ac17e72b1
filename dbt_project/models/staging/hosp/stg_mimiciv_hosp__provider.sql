-- Providers, by deidentified id.
-- Grain: one provider.
select landed.provider_id
from {{ raw('hosp', 'provider') }} as landed
