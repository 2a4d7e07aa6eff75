"""Crash tests: interrupt each action before and after every AWS call, then run it again."""
