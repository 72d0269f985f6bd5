"""For the operator: the server, the questions of people, and mail."""
