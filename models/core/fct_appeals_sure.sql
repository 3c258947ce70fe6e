{{ sure_facts(ref('fct_appeals')) }}
