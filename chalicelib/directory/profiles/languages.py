"""The languages that a holder can choose: the most widely spoken, and the official ones of Europe (ISO 639)."""

from __future__ import annotations

CODES = (
    "am", "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fil", "fr", "ga",
    "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "ig", "is", "it", "ja", "ka", "kn", "ko", "lt", "lv", "ml",
    "mr", "ms", "mt", "my", "ne", "nl", "no", "pa", "pl", "pt", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "sw",
    "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "yo", "zh", "zu",
)  # fmt: skip
"""Language tags (BCP 47). `language.language_names` has their names, from CLDR."""
