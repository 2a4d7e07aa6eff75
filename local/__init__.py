"""The local stack: Laurel on this machine instead of in an AWS account.

process.py     start, identify and stop detached processes
aws.py         the embedded AWS (ministack), on loopback, with its state on disk
package.py     the deployment package from `chalice package`, cached by content
transform.py   the SAM transform, run before the embedded AWS reads the template
deploy.py      deployment to the embedded AWS, through CloudFormation
proxy.py       an HTTP proxy on PORT that serves the deployed API without the stage in the path
stack.py       the stack of one base URL: up, down, dev
links.py       the links that `make run` ends with
release.py     deployment to an AWS account, with the AWS CLI
chromium.py    an installed Chromium, for browser tests and screenshots
ports.py       listening sockets and the processes that own them
progress.py    progress messages
"""
