"""Puts the parts together, for the web, the command line and tests alike."""

from wire.assembly import assemble
from wire.core import clock_of
from wire.edges import end_streams, web
from wire.parts import Parts
from wire.simulated import DISTRICT, officers

__all__ = ["DISTRICT", "Parts", "assemble", "clock_of", "end_streams", "officers", "web"]
