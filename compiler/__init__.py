"""The middle: from syntax trees to a checked design and the columns of the plant."""
