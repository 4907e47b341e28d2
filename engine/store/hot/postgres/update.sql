UPDATE {table} SET {assignments} WHERE {key}
