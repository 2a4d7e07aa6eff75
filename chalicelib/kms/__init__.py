"""AWS KMS, whose private keys never leave it, and secrets in AWS Secrets Manager.

signer.py          create keys and sign with them
remover.py         find and delete keys; only for the nightly clean-up
secret_values.py   read a secret
"""
