"""The mail door: emails to people. SMTP by setting; a folder of files or the console where none is set."""
