"""Public pages of issuers and achievements, and the links to their enrolment pages."""
