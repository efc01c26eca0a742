"""What Concord can say of a KPI: its figures, its definition, where it comes from.

Here: reading what was published, and the way from a KPI back to what sources deliver. Not here:
computing anything (dbt), definitions themselves (dbt_project/kpis).
"""
