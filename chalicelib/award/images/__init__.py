"""Images of achievements and logos: their formats and limits, and the badge drawn for an achievement without one."""
