"""The wire format between a WhatsApp client and its server: framing, Noise, binary nodes, protobuf fields."""
