"""Files that contain a credential: baked badges (Open Badges 3.0, 5.3), and PDFs with one attached.

png.py   the iTXt chunk of a PNG
svg.py   the element of an SVG
pdf.py   the attached files and the links of a PDF
"""
