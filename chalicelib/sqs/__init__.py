"""Amazon SQS, for messages that start a function.

batch_queue.py   jobs to be processed
"""
