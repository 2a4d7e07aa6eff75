"""Outcomes of people, such as starting salaries, which an issuer imports and compares with and without its credential.

rows.py        read the rows of an import
importing.py   store them; what was imported before is kept as an earlier version
outcome.py     the models and the store
cohorts.py     who is compared with whom, and when an outcome counts
comparing.py   who may compare an issuer's outcomes, and how often
comparison.py  compare two groups
intervals.py   differences between two groups, with a 95 % interval
student_t.py   quantiles of Student's t distribution
table.py       a comparison as a sentence, as JSON and as a table
goals.py       the goals of a credential programme, and the figures that each is judged by
savings.py     time and cost that verifications save
"""
