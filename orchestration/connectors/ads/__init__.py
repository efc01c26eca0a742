"""What the connectors of all advertising platforms share: the pull, its windows, its files."""
