"""The exchange without wires: what nodes of a circle say to each other, byte for byte, and what they conclude from it.

A requester asks a responder whether an offered record shares a match key with one of its own, and neither shows its register.
Match keys are opaque bytes with a weight here; nothing is read from a disk, a clock or a socket: bytes, moments and randomness
come in as arguments, and state goes out as values.

    canonical, signing       canonical JSON; signed documents
    agreement, manifest      what a circle agreed on; what a responder says about its index
    messages                 evaluation requests and responses, redemptions, receipts
    key_secrets, index, ledger   key secrets; a sealed index as its readers, and as its maker, hold it
    requester, watch         asking; watching what was asked
    responder, budget        answering; what that costs

Law: spec/exchange-v1.md. Examples: spec/vectors/exchange-v1.json. Why it is made so: docs/decisions/0016-exchange.md.
"""
