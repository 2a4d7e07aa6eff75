"""Domain errors. Each has a stable code and a sentence, and is independent of HTTP and AWS."""

from __future__ import annotations

from datetime import datetime


class LaurelError(Exception):
    """The base class of every error that Laurel raises on purpose.

    ``code`` is stable and for programs; ``detail`` is one sentence for a person.
    """

    code: str = "error"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class Malformed(LaurelError):
    """The input cannot be parsed as what it claims to be."""

    code = "malformed"


class OnlyLinks(Malformed):
    """The input contains no credential, but links that may lead to one."""

    code = "nothing_found"

    def __init__(self, detail: str, links: tuple[str, ...]) -> None:
        super().__init__(detail)
        self.links = links


class NotFound(LaurelError):
    """The requested object does not exist."""

    code = "not_found"


class TakenDown(NotFound):
    """An operator has hidden this credential's page."""

    code = "taken_down"


class Erased(NotFound):
    """This credential was deleted with everything else about its holder."""

    code = "erased"


class NoProfile(NotFound):
    """A holder has no public profile: it was unpublished or never existed. The response does not say which."""

    code = "no_profile"


class Conflict(LaurelError):
    """The object already exists, or was changed by someone else in the meantime."""

    code = "conflict"


class Refused(LaurelError):
    """The request is valid, but a rule does not allow it."""

    code = "refused"


class QuotaExceeded(Refused):
    """A daily limit of the issuer is used up, by default its issuing quota; it resets at ``resets``, in ``seconds``."""

    code = "issuing_quota_exceeded"

    def __init__(self, detail: str, resets: datetime, seconds: int, *, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.resets = resets
        self.seconds = seconds


class Unauthenticated(LaurelError):
    """The caller is not authenticated."""

    code = "unauthenticated"


class Forbidden(LaurelError):
    """The caller is known but lacks permission."""

    code = "forbidden"


class Unavailable(LaurelError):
    """A dependency did not respond. Trying again may help."""

    code = "unavailable"


class UnreadableLink(Unavailable):
    """A submitted link could not be read. ``code`` is the fetcher's.

    Unlike other `Unavailable` errors, it concerns the caller's link and is not a failure of Laurel.
    """


class TooMany(LaurelError):
    """A rate limit is exceeded; retry after ``seconds``."""

    code = "too_many_requests"

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__(detail)
        self.seconds = seconds


class MissingSetting(LaurelError):
    """A required environment variable is missing."""

    code = "missing_setting"
