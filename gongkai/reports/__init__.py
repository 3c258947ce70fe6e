"""What is read off a published warehouse: evidence of figures, findings to review, the report card."""
