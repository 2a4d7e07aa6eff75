"""The ten checks, one module each, named as in the report. Each is one function of a `VerificationContext`."""
