"""Warning bulletins."""
