"""Key figures of a programme, as pure functions over counts, each with its formula."""
