-- Provider order entry: every order of an admission.
-- Grain: one order.
select
    landed.poe_id,
    landed.poe_seq,
    landed.subject_id,
    landed.hadm_id,
    landed.ordertime as ordered_at,
    landed.order_type,
    landed.order_subtype,
    landed.transaction_type,
    landed.discontinue_of_poe_id,
    landed.discontinued_by_poe_id,
    landed.order_provider_id,
    landed.order_status
from {{ raw('hosp', 'poe') }} as landed
