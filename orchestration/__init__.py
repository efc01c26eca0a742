"""Moves data, checks inputs and orders work. Business rules live in dbt_project/."""
