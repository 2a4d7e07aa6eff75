"""Issue one achievement to many: uploads, their validation, and the jobs that issue them."""
