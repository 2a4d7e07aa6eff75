"""Domain errors: each has a stable code and a sentence; none knows of HTTP or AWS."""

from __future__ import annotations


class LaurelError(Exception):
    """The root of every error that Laurel raises on purpose.

    ``code`` is stable and for programs; ``detail`` is one sentence for a person.
    """

    code: str = "error"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class Malformed(LaurelError):
    """What was sent cannot be read as what it claims to be."""

    code = "malformed"


class NotFound(LaurelError):
    """There is no such thing here."""

    code = "not_found"


class Conflict(LaurelError):
    """It was taken, or changed by someone else in the meantime."""

    code = "conflict"


class Refused(LaurelError):
    """It was understood, and a rule forbids it."""

    code = "refused"


class Unauthenticated(LaurelError):
    """Nobody that we know is asking."""

    code = "unauthenticated"


class Forbidden(LaurelError):
    """We know who asks, and they may not do this."""

    code = "forbidden"


class Unavailable(LaurelError):
    """Something that we need did not answer; trying again may help."""

    code = "unavailable"


class LinkFault(Unavailable):
    """The link that we were asked to follow led to nothing that could be read; ``code`` is the fetcher's.

    Unlike other things that are unavailable, it is the asker's choice and no failure of ours.
    """


class MissingSetting(LaurelError):
    """A required setting is not in the environment."""

    code = "missing_setting"
