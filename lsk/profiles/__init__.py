"""What each municipality calls and decides for itself: data files, no code."""
