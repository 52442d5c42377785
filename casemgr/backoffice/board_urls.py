"""The supervisor's pages; included in the back office's own namespace."""

from django.urls import path

from casemgr.backoffice import board_views, bulk_views, duty_views, figures_views

urlpatterns = [
    path("board/", board_views.BoardView.as_view(), name="board"),
    path("duty/", duty_views.DutyView.as_view(), name="duty"),
    path("duty/<int:pk>/end/", duty_views.EndDutyView.as_view(), name="duty-end"),
    path("figures/", figures_views.figures_page, name="figures"),
    path("bulk/results/<slug:token>/", bulk_views.BulkResultView.as_view(), name="bulk-result"),
    path("bulk/<slug:move>/", bulk_views.BulkView.as_view(), name="bulk"),
]
