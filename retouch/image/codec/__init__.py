"""Files to pictures and pictures to files, with what a file carries besides its pixels."""
