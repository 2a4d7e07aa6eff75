"""Pathways: achievements as steps, the progress of a holder, and their rewards."""
