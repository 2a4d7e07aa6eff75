"""Reports by visitors who think that a credential should not be shown as it is.

"Report" alone means the result of verification in this code (`chalicelib.reports`); these are "visitor reports".
"""
