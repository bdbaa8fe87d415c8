"""The nouns: frozen records and columnar tables with declared schemas."""
