-- What the machine's measurements mean.
-- Grain: one measured column.
select
    landed.column_name as measured_column,
    landed.description as measured_description
from {{ raw('ecg', 'machine_measurements_data_dictionary') }} as landed
