"""The pages that people read: what they show, in words. How they look is in `templates/`."""

from chalicelib.http.pages.render import brought, credential, home, problem

__all__ = ["brought", "credential", "home", "problem"]
