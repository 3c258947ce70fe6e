{{ sure_facts(ref('fct_applications_by_applicant')) }}
