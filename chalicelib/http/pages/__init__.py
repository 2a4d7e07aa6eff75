"""The pages that people read: what they show, in words. How they look is in `templates/`."""

from chalicelib.http.pages.render import credential, home, problem

__all__ = ["credential", "home", "problem"]
