"""Copies published versions to a PostgreSQL server that the user names, for BI tools and finance.

Belongs here: everything about that server: the connection, roles, version schemas, the views that
readers use, the steps that bring a version there. Does not: what a version holds
(orchestration/publish). Nothing outside imports this package, and so psycopg, unless
CONCORD_POSTGRES_URL is set (docs/adr/0008-postgresql.md).
"""
