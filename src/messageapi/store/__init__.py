"""The database door: one writer that groups commits, pooled readers, tenant scope, sealing and the outbox row."""
