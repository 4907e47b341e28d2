"""The best that can be had: pairs of a stage, in rounds and rolling, with proof or gap."""
