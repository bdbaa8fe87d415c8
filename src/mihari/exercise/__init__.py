"""Games on the same path as real data: the simulated world with known truth."""
