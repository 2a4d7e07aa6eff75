"""Out: the only opener of connections to strangers. Everything a stranger names is guarded, bounded and cached here."""
