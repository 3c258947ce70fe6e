{{ sure_facts(ref('fct_applications')) }}
