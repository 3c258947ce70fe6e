{{ fact_table('fct_staffing') }}
