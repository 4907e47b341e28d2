"""What finished and running items tell: waiting, gating, bottlenecks. Pure."""
