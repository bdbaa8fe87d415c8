"""Use cases that join the rooms; the only place with a clock, configuration and transactions."""
