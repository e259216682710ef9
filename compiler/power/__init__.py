"""Power: loads, how feeds share them, what is supplied, and budgets by level."""
