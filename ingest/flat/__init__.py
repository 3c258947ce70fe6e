"""Tables that lost their form: shapes of lines, and rows out of them."""
