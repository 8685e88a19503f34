"""Job shops and flexible job shops: chains of operations, one at a time on each machine, searched by moves."""
