-- A sum over the rows of fct_applications_by_applicant must not count the total beside its parts.
select * from {{ ref('fct_applications_by_applicant') }}
where applicant_type = 'all'
