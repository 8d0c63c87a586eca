"""Messages on WhatsApp, and what stands in for it without an account."""
