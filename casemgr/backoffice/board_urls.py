"""The supervisor's pages; included in the back office's own namespace."""

from django.urls import path

from casemgr.backoffice import board_views

urlpatterns = [
    path("board/", board_views.BoardView.as_view(), name="board"),
]
