-- Dictionary of intensive care items.
-- Grain: one item.
select
    landed.itemid,
    landed.label,
    landed.abbreviation,
    landed.linksto as events_table,
    landed.category,
    landed.unitname as unit,
    landed.param_type,
    landed.lownormalvalue as low_normal_value,
    landed.highnormalvalue as high_normal_value
from {{ raw('icu', 'd_items') }} as landed
