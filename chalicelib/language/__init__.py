"""Languages of pages, widgets and emails: choice of the language, and translation. See docs/languages.md."""
