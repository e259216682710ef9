"""What people who buy, pull and plug cables need, as columns: what is ordered, where it runs, what it sums up to."""
