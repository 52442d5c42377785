"""Sockets: only from our own pages; whoever is not signed in is closed at once."""

from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path

# Each registers its kinds of frame.
from casemgr.live import following, inbox, presence, watching  # noqa: F401
from casemgr.live.consumers import InboxConsumer
from casemgr.live.origin import same_origin

websocket = same_origin(CookieMiddleware(URLRouter([path("ws/inbox/", InboxConsumer.as_asgi())])))
