"""What the app is measured against: the least that the toolkit itself can do."""
