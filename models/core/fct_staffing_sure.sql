{{ sure_facts(ref('fct_staffing')) }}
