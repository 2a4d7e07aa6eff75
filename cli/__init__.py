"""The `laurel` command for issuers and operators. It is not part of the deployment.

__main__.py     entry point, which also runs without Laurel's packages
main.py         runs one command; exit codes
arguments.py    the argument parser, assembled from the commands of every module
grammar.py      the parser class, shared arguments, types and help formatting
commands/       one module of commands per resource, and shell completion
documents.py    commands that read JSON files; files.py reads input files
output.py       text and JSON output, tables, errors
progress.py     progress bars
demo/           demo data
"""
