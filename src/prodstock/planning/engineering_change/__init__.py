"""What an engineering change does to open orders, stock and cost."""
