{{ sure_facts(ref('fct_fees')) }}
