from django.urls import path

from casemgr.backoffice import (
    acting,
    assisted_views,
    audit_views,
    bulletin_views,
    cases,
    clocks_urls,
    evidence,
    inbox_views,
    moves,
    printing,
    queue,
    search_views,
)

app_name = "backoffice"
urlpatterns = [
    path("", queue.QueueView.as_view(), name="queue"),
    path("act-as/", acting.act_as, name="act-as"),
    path("assisted/", assisted_views.AssistedView.as_view(), name="assisted"),
    path("assisted/files/<slug:token>/", assisted_views.upload, name="assisted-upload"),
    path("assisted/files/<slug:token>/<int:upload_id>/remove/", assisted_views.remove, name="assisted-upload-remove"),
    path("audit/", audit_views.audit, name="audit"),
    path("inbox/", inbox_views.inbox_page, name="inbox"),
    path("inbox/read-all/", inbox_views.inbox_read_all, name="inbox-read-all"),
    path("inbox/<int:pk>/", inbox_views.inbox_open, name="inbox-open"),
    path("search/", search_views.SearchView.as_view(), name="search"),
    path("bulletins/", bulletin_views.bulletins, name="bulletins"),
    path("bulletins/drafts/", bulletin_views.request_bulletin, name="bulletin-request"),
    path("bulletins/drafts/<int:pk>/", bulletin_views.draft_row, name="bulletin-draft"),
    path("bulletins/drafts/<int:pk>/pdf/", bulletin_views.draft_pdf, name="bulletin-pdf"),
    path("cases/<str:number>/", cases.CaseView.as_view(), name="case"),
    path("cases/<str:number>/notes/", cases.NoteView.as_view(), name="note"),
    path("cases/<str:number>/supplements/", cases.SupplementView.as_view(), name="supplement"),
    path("cases/<str:number>/identity/", cases.IdentityView.as_view(), name="identity"),
    path("cases/<str:number>/print/", printing.PrintView.as_view(), name="print"),
    path("cases/<str:number>/moves/<str:move>/", moves.MoveView.as_view(), name="move"),
    path("cases/<str:number>/evidence/<int:evidence>/", evidence.EvidenceView.as_view(), name="evidence"),
    path("cases/<str:number>/evidence/<int:evidence>/original/", evidence.OriginalView.as_view(), name="evidence-original"),
    path(
        "cases/<str:number>/evidence/<int:evidence>/<str:purpose>/", evidence.PictureView.as_view(), name="evidence-picture"
    ),
    *clocks_urls.urlpatterns,
]  # fmt: skip
