"""The bus door: calls to engine hosts, their events, heartbeats and doorbells. Nothing ever rests on it."""
