"""What connectors remember: how far each object was read, what it looked like, what is under way.

Belongs here: methods on table connector_object. Does not: pulling (orchestration/connectors).
"""

from __future__ import annotations

from orchestration.state.codec import read_record
from orchestration.state.database import Database, insert_records
from orchestration.state.records import ConnectorObject


class ConnectorMethods(Database):
    """The part of the store that knows how far connectors are."""

    def connector_object(self, source: str, object_name: str) -> ConnectorObject:
        """Return what is known of an object; of one never read, an empty record."""
        found = self.rows(
            "select * from connector_object where source = :source and object_name = :object_name",
            {"source": source, "object_name": object_name},
        )
        if not found:
            return ConnectorObject(source, object_name)
        return read_record(ConnectorObject, found[0])

    def connector_objects(self, source: str | None = None) -> list[ConnectorObject]:
        """Return all objects, or those of a source."""
        found = self.rows(
            "select * from connector_object where :source is null or source = :source "
            "order by source, object_name",
            {"source": source},
        )
        return [read_record(ConnectorObject, row) for row in found]

    def forget_connector(self, source: str) -> None:
        """Forget all objects of a source, as if it had never been read."""
        with self.transaction() as connection:
            connection.execute("delete from connector_object where source = ?", [source])

    def save_connector_object(self, record: ConnectorObject) -> None:
        """Remember an object; call it only when what it speaks of is durable."""
        with self.transaction() as connection:
            insert_records(connection, "connector_object", [record])
