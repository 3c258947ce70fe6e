{{ fact_table('fct_applications') }}
