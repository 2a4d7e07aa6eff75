"""Files that a holder downloads and shares: the share image, the QR code and the certificate.

artefact.py     the view model
typesetting.py  fit text into boxes
rendering.py    SVG to PNG
qr.py           the QR code
share_image.py  the link preview image
template.py     certificate templates and paper sizes
certificate.py  the drawing of a certificate, by template and paper
shapes.py       its frames, pictures and QR code
pdf.py          a page of PDF
pdf_image.py    an image of PDF from PNG
"""
