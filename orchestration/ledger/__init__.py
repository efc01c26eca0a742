"""The ledger of pay: what was posted, which periods are locked, and closing them."""
