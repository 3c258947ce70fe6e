{{ fact_table('fct_disclosures') }}
