"""HTTP servers that speak the wire formats of the source systems' APIs, for tests and the sample.

Belongs here: stateful simulators with a clock of their own, faults on demand, and the invented data
they serve. Does not: anything that the connectors import, and nothing imported from them; the two
meet in the vendor's documented wire format alone.
"""
