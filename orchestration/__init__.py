"""Moves data, checks inputs and orders work. Business rules live in dbt_project/."""

import os

# Where lxml happens to be installed, openpyxl would use it in place of defusedxml: less safe with
# foreign workbooks, and with other values for formulas.
os.environ["OPENPYXL_LXML"] = "False"
# The matrices of orchestration/algorithms are small: threads for them would cost more than they do,
# and leave the last digit of a sum to their number. Numpy reads it when it is first imported.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
