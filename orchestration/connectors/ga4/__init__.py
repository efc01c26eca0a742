"""Web events of Google Analytics 4, from the files of its export to BigQuery."""
