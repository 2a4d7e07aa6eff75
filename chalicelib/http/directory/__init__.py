"""Public pages and widgets of holders who consented to them."""
