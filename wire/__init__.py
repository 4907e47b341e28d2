"""Puts the parts together, for the web, the command line and tests alike."""

from wire.assembly import assemble
from wire.edges import end_streams, web
from wire.parts import Parts
from wire.simulated import DISTRICT, officers

__all__ = ["DISTRICT", "Parts", "assemble", "end_streams", "officers", "web"]
