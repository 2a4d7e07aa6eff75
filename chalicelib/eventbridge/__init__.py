"""Events for the systems of the operator, on Amazon EventBridge."""
