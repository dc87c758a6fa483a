"""A board's page: parts as values, their HTML, the exporter, the rules for words, and the last checks."""
