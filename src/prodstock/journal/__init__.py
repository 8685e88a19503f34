"""The bottom of everything that happens: commands, events, their envelope, and the ports that keep them."""
