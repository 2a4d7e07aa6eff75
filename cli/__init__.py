"""The command line of an issuer and an operator: `python -m cli --help`. It is not part of what is deployed.

__main__.py     from arguments and environment to an exit code
arguments.py    what can be said on the command line: every noun brings its commands
grammar.py      what they share in that
issuer.py, achievement.py, credential.py, job.py, export.py, events.py and others
                the commands, one module for each noun
documents.py    things that are written as JSON; files.py the files that commands are given
output.py       how results are printed
progress.py     how far a longer task has come
demo/           the demo data
"""
