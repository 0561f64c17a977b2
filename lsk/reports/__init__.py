"""Reports as documents: templates of the profile, written text, and figures with the queries that made them."""
