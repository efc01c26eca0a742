"""Tables that another loader landed: Fivetran, Airbyte or dlt, in a DuckDB file or as Parquet.

The same objects and the same mapping as of the vendor's own connector; only names differ, and how a
loader says that a row is deleted, replaced or not yet complete.
"""
