"""The local stack: what answers when Laurel runs on this machine instead of in an AWS account.

process.py     start a program detached, know it again, end it
aws.py         the embedded AWS (ministack), on loopback, with its state on disk
package.py     the deployment package of `chalice package`, built once per content
transform.py   the SAM transform, run before the embedded AWS sees the template
deploy.py      the package into the embedded AWS, through CloudFormation
front.py       an HTTP front on PORT that forwards to the deployed API with clean paths
stack.py       the whole of one base URL: up, down, dev
release.py     the same package to a real account, with the AWS CLI
ports.py       who listens where
progress.py    say what is being done
"""
