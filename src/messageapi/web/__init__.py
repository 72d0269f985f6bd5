"""What every HTTP route shares: credentials and permissions, limits, problems, paging, request ids, security headers."""
