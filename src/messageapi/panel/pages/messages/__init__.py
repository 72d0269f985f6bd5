"""Messages: the log with its filters and its file for spreadsheets, one message, and writing one by hand."""
