"""The ten checks, a module each, named as in the report. Each is one function of a `Case`."""
