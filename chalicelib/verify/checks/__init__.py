"""The ten checks, one module each, named as in the report. Each is a function that takes a `VerificationContext`."""
