"""The simulators alone; a package, because files elsewhere have these names."""
