"""The local stack: what answers when Laurel runs on this machine instead of in an AWS account.

process.py     start a program detached, know it again, end it
aws.py         the embedded AWS (ministack), on loopback, with its state on disk
package.py     the deployment package of `chalice package`, built once per content
transform.py   the SAM transform, run under the embedded AWS's own Python
deploy.py      the package into the embedded AWS, through CloudFormation
front.py       an HTTP front on PORT that forwards to the deployed API with clean paths
stack.py       the whole: up, down, dev
"""
