"""Where bytes come from: files on disk and members of zips, read by offset within bounds."""
