-- Dictionary of laboratory items.
-- Grain: one laboratory item.
select
    landed.itemid,
    landed.label,
    landed.fluid,
    landed.category
from {{ raw('hosp', 'd_labitems') }} as landed
