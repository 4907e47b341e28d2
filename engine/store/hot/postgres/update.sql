{table}_updated AS (
    UPDATE {table} SET {assignments}
    FROM json_populate_recordset(NULL::{table}, %({parameter})s::json) AS made
    WHERE {key}
)
