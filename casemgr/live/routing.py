"""Sockets. The Origin must be one of the hosts served; whoever is not signed in is closed at once."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from casemgr.live.consumers import InboxConsumer

websocket = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter([path("ws/inbox/", InboxConsumer.as_asgi())])))
