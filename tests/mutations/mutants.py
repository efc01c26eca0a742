"""What may go wrong in a rule, and who has to notice it.

Each line breaks one rule of one model as people break rules: a filter forgotten, a date swapped, a
join of another kind, an end counted in, a rate of another day. A rule that is changed on purpose
takes its line along; a rule that no check notices has a hole in its tests.

Belongs here: all lines in one. Does not: how a check looks (checks.py).
"""

from __future__ import annotations

from tests.mutations.mutants_attribution import ATTRIBUTION
from tests.mutations.mutants_cut_off import CUT_OFF
from tests.mutations.mutants_economics import ECONOMICS
from tests.mutations.mutants_funnel import DEAL_LOADS, FUNNEL, HANDOFFS, IDENTITY, SCORES
from tests.mutations.mutants_money import KPIS, MONEY
from tests.mutations.mutants_paths import PATHS
from tests.mutations.mutants_pay import PAY
from tests.mutations.mutants_payroll import PAYROLL
from tests.mutations.mutants_pipeline import PIPELINE

MUTANTS = [
    *FUNNEL, *HANDOFFS, *PIPELINE, *MONEY, *KPIS, *SCORES, *DEAL_LOADS, *IDENTITY, *ATTRIBUTION,
    *PATHS, *ECONOMICS, *PAY, *PAYROLL, *CUT_OFF,
]  # fmt: skip
