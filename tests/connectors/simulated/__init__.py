"""The real connectors meet the simulators; a package, because files elsewhere have these names."""
