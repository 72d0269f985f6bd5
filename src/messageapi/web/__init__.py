"""What every HTTP route shares: credentials, permissions, limits, problems, paging, request ids, safe headers."""
