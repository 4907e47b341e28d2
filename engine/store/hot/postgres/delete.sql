{table}_deleted AS (
    DELETE FROM {table}
    USING json_populate_recordset(NULL::{table}, %({parameter})s::json) AS made
    WHERE {key}
)
