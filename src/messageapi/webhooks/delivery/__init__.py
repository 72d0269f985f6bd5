"""From the outbox to the receivers: `relay` makes deliveries of events; `claim`, `attempt` and `settle` are what a
worker does with them; `schedule` and `health` decide when.
"""
