"""Help between agencies, joint actions, cases officers open: included in the back office's own addresses."""

from django.urls import path

from casemgr.backoffice import cooperation_asking, cooperation_views, joint_action_views, own_initiative_views

urlpatterns = [
    path("found/", own_initiative_views.OwnInitiativeView.as_view(), name="own-initiative"),
    path("cooperation/", cooperation_views.ListView.as_view(), name="cooperation-list"),
    path("cooperation/<int:pk>/", cooperation_views.CooperationView.as_view(), name="cooperation"),
    path("cooperation/<int:pk>/files/<int:file>/", cooperation_views.ContributedFileView.as_view(), name="cooperation-file"),
    path(
        "cooperation/<int:pk>/evidence/<int:evidence>/", cooperation_views.SharedEvidenceView.as_view(),
        name="cooperation-evidence",
    ),
    path("cooperation/<int:pk>/<slug:deed>/", cooperation_views.DeedView.as_view(), name="cooperation-deed"),
    path("cases/<str:number>/cooperation/", cooperation_asking.AskView.as_view(), name="ask-cooperation"),
    path("cases/<str:number>/joint-action/", joint_action_views.StartView.as_view(), name="start-joint-action"),
    path("joint-actions/<int:pk>/", joint_action_views.BoardView.as_view(), name="joint-action"),
    path("joint-actions/<int:pk>/board/", joint_action_views.BoardPartView.as_view(), name="joint-board"),
    path("joint-actions/<int:pk>/record/", joint_action_views.RecordView.as_view(), name="joint-record"),
    path("joint-actions/<int:pk>/record/pdf/", joint_action_views.RecordPdfView.as_view(), name="joint-record-pdf"),
    path("joint-actions/<int:pk>/files/<int:file>/", joint_action_views.BoardFileView.as_view(), name="joint-file"),
    path("joint-actions/<int:pk>/<slug:deed>/", joint_action_views.DeedView.as_view(), name="joint-deed"),
]  # fmt: skip
