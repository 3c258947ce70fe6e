{{ fact_table('fct_appeals') }}
