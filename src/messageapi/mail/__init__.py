"""The mail door: letters to people. SMTP by setting; a folder of files or the console where none is set."""
