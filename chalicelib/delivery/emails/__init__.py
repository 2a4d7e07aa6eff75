"""What each email says."""
