"""What exists, in which state, promised to whom: the ledger of stock, its history, and what it may be used for."""
