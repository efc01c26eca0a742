"""Shared dashboards as code: pages built from published marts.

Here: reading published tables, shaping them for a page, rendering the page. Not here: KPI formulas
(dbt_project/), publishing (orchestration/publish/), guards (expectations/).
"""
