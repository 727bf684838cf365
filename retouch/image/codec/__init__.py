"""Files to pictures and pictures to files, with the metadata of a file."""
