"""Who comes close to whom: screening. Probability, assessment and avoidance will stand beside it."""
