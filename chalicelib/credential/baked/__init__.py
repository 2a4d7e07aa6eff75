"""Baked badges: images that contain a credential (Open Badges 3.0, 5.3).

png.py   the iTXt chunk of a PNG
svg.py   the element of an SVG
"""
