"""Moves data, checks inputs and orders work. Business rules live in dbt_project/."""

import os

# Where lxml happens to be installed, openpyxl would use it in place of defusedxml: less safe with
# foreign workbooks, and with other values for formulas.
os.environ["OPENPYXL_LXML"] = "False"
