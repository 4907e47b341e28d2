"""Ours beside the peers: each bench checks that both give the same before it takes the time."""
