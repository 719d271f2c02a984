"""Who is appraised: a roster file → assignments."""
