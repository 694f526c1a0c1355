"""Free of surprises: each factory makes the least that is valid; one per model, by slice."""
