{{ sure_facts(ref('fct_disclosures')) }}
