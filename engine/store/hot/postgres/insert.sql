{table}_inserted AS (
    INSERT INTO {table} ({columns})
    SELECT {columns} FROM json_populate_recordset(NULL::{table}, %({parameter})s::json)
)
