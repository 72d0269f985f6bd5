"""How clients get in: the listeners, their ports, and one encrypted connection of one client."""
