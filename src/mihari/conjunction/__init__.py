"""Who comes close to whom, and how probable a collision is. Assessment and avoidance will stand beside it."""
