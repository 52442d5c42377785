"""The supervisor's pages; included in the back office's own namespace."""

from django.urls import path

from casemgr.backoffice import board_views, bulk_views, figures_views

urlpatterns = [
    path("board/", board_views.BoardView.as_view(), name="board"),
    path("figures/", figures_views.figures_page, name="figures"),
    path("bulk/results/<slug:token>/", bulk_views.BulkResultView.as_view(), name="bulk-result"),
    path("bulk/<slug:move>/", bulk_views.BulkView.as_view(), name="bulk"),
]
