"""What the report on a submitted credential says was not checked about where it was found."""

from __future__ import annotations

from chalicelib.language.phrase import phrase

PDF_UNCHECKED = phrase("whether the PDF says the same as the credential in it")
PAGE_UNCHECKED = phrase("whether the web page says the same as the credential behind it")
