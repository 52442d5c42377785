from django.urls import path

from casemgr.backoffice import export_views

urlpatterns = [
    path("exports/", export_views.ExportsView.as_view(), name="exports"),
    path("exports/watchlists/<int:pk>/", export_views.WatchlistExportView.as_view(), name="watchlist-export"),
    path("exports/<int:pk>/", export_views.ExportRowView.as_view(), name="export"),
    path("exports/<int:pk>/cancel/", export_views.CancelExportView.as_view(), name="export-cancel"),
    path("exports/<int:pk>/file/", export_views.ExportFileView.as_view(), name="export-file"),
]
