{{ fact_table() }}
