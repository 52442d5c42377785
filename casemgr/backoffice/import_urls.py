from django.urls import path

from casemgr.backoffice import import_views

urlpatterns = [
    path("imports/", import_views.ImportsView.as_view(), name="imports"),
    path("imports/<int:pk>/", import_views.ImportRunView.as_view(), name="import-run"),
    path("imports/<int:pk>/progress/", import_views.ProgressView.as_view(), name="import-progress"),
    path("imports/<int:pk>/confirm/", import_views.ConfirmView.as_view(), name="import-confirm"),
    path("imports/<int:pk>/cancel/", import_views.CancelView.as_view(), name="import-cancel"),
    path("imports/<int:pk>/report/", import_views.ReportView.as_view(), name="import-report"),
]
