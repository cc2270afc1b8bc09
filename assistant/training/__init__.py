"""Trains the small models that the assistant ships; torch is needed here and nowhere else."""
