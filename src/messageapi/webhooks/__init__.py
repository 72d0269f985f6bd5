"""Webhook endpoints: which events go where, signed and tried again until they arrive. Owns the tables webhooks,
deliveries, attempts and relays; reads the outbox, where events lie finished and sealed; emits webhook.disabled.
"""
