"""Events: listening, forwarding and triggering them, and the endpoints that get them."""
