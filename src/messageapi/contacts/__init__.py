"""People the account writes to: who is on WhatsApp under which addresses, and who does not want bulk messages.

Owns contacts, contact_checks, opt_outs and opt_out_words. Emits contact.opted_out and contact.opted_in.
"""
