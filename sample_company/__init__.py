"""The invented company Velmora Software: what happened to it, written as exports of its systems."""

import os

# Where lxml happens to be installed, openpyxl would use it in place of defusedxml: less safe with
# foreign workbooks, and with other values for formulas.
os.environ["OPENPYXL_LXML"] = "False"
