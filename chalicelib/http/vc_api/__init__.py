"""The VC API of the W3C Credentials Community Group, so that public test suites can be pointed at Laurel."""
