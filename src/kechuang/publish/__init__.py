"""Telling it: charts, HTML pages and official documents. Knows nothing of the web or of storage."""
