"""Languages of pages, widgets and emails: which one a reader gets, and the text in it. See docs/languages.md."""
