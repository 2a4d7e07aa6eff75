"""What happened: events, and the visitor behind them without a trace of who it was."""
