"""What a socket may do, and with which code it is closed when it does more. The pages read the codes too (inbox.js)."""

SIGNED_OUT = 4401  # nobody, or nobody any more: the next page asks for sign-in
SLOW = 4408  # it did not read what it was sent: it comes back with its cursor
TOO_MANY = 4429  # the person has as many sockets as one may have: this page asks now and then instead
POLICY = 1008  # a frame that no page of ours sends
TRY_LATER = 1013  # the database is away for a moment

# One frame, in bytes. uvicorn itself ends what is longer than MESSAGE_BYTES (1009), before it lies in memory whole.
FRAME_BYTES, MESSAGE_BYTES = 1024, 4096
FRAMES, FRAMES_SECONDS = 30, 10.0
WAITING_MESSAGES = 64
CLOSE_SECONDS = 2.0
HELLO_SECONDS = 10.0
# Rights that end elsewhere close a socket within five seconds; the rest of those is for asking for thousands.
RECHECK_SECONDS = 3.5
MISSED_MOST = 50
