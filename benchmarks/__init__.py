"""What measures speed: a generator of mixed reports, a naive baseline, and the run that compares them."""
