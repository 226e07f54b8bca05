"""Optimal assignment, as numbers: rows, columns with places, gains. It knows nothing of what they stand for."""
