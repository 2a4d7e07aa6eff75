"""Public pages and widgets of holders who have published a profile."""
