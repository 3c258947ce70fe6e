"""The rules in `seeds/`, checked without dbt: by the declarations in the seeds' own YAML, in seconds, to the line."""
