"""Periodic reports; included in the back office's own namespace."""

from django.urls import path

from casemgr.backoffice import questionnaire_views, report_issuing_views, report_views, report_whole_views

urlpatterns = [
    path("reports/", report_views.ReportsView.as_view(), name="reports"),
    path("reports/open/", report_views.OpenReportView.as_view(), name="report-open"),
    path("reports/<int:pk>/", report_views.ReportView.as_view(), name="report"),
    path("reports/<int:pk>/whole/", report_whole_views.WholeView.as_view(), name="report-whole"),
    path("reports/<int:pk>/issue/", report_issuing_views.IssueView.as_view(), name="report-issue"),
    path("reports/<int:pk>/pdf/", report_whole_views.PdfView.as_view(), name="report-pdf"),
    path("reports/<int:pk>/workbook/", report_whole_views.WorkbookView.as_view(), name="report-workbook"),
    path("reports/units/<int:pk>/", questionnaire_views.QuestionnaireView.as_view(), name="questionnaire"),
    path("reports/units/<int:pk>/return/", questionnaire_views.ReturnView.as_view(), name="questionnaire-return"),
]
