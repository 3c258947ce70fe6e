{{ fact_table('fct_fees') }}
