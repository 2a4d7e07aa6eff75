"""Reports by visitors who think that something is wrong with a credential, and takedowns by operators.

"Report" alone means the result of verification in this code (`chalicelib.reports`); these are "visitor reports".
"""
