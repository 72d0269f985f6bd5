"""Before somebody is signed in, or asked for their password again: log in, sign up, and what links in mails lead to."""
