"""The accordion, the tab, the X/Y/Z axes."""
