-- Further fields of provider orders.
-- Grain: one field of an order.
select
    landed.poe_id,
    landed.poe_seq,
    landed.subject_id,
    landed.field_name,
    landed.field_value
from {{ raw('hosp', 'poe_detail') }} as landed
