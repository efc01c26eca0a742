"""What the connectors of all advertising platforms share: days of spend, replaced whole."""
