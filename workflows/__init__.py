"""What an approval is: catalogue, projects, items, documents, pairs, clocks, who may. Pure."""
