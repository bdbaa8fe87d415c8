"""Telling others: redaction, signed packages, exchange between nodes, the audit log, notices in two languages."""
