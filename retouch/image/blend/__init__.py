"""How a patch is put back without a seam: composite, colours, tone, grain, compression, edge."""
