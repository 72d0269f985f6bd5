"""The control interface: JSON over HTTP on loopback, to drive the phones and to break the network on purpose."""
