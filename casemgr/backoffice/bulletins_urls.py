from django.urls import path

from casemgr.backoffice import bulletins_begin_views as beginning
from casemgr.backoffice import bulletins_issuing_views as issuing
from casemgr.backoffice import bulletins_views as views
from casemgr.backoffice import taking_down_views as taking_down
from casemgr.backoffice import warnings_views as warnings

urlpatterns = [
    path("bulletins/", views.BulletinListView.as_view(), name="bulletins"),
    path("bulletins/new/", beginning.BeginView.as_view(), name="bulletin-new"),
    path("bulletins/<int:pk>/", views.BulletinView.as_view(), name="bulletin"),
    path("bulletins/<int:pk>/preview/", views.PreviewView.as_view(), name="bulletin-preview"),
    path("bulletins/<int:pk>/items/", views.ItemsView.as_view(), name="bulletin-items"),
    path("bulletins/<int:pk>/figures/", views.FiguresView.as_view(), name="bulletin-figures"),
    path("bulletins/<int:pk>/charts/<slug:code>.svg", views.ChartView.as_view(), name="bulletin-chart"),
    path("bulletins/<int:pk>/photos/<slug:sha256>.jpg", views.VersionPhotoView.as_view(), name="bulletin-photo"),
    path("bulletins/<int:pk>/draft.pdf", views.DraftPdfView.as_view(), name="bulletin-draft-pdf"),
    path("bulletins/<int:pk>/review/", issuing.ReviewView.as_view(), name="bulletin-review"),
    path("bulletins/<int:pk>/approve/", issuing.ApproveView.as_view(), name="bulletin-approve"),
    path("bulletins/<int:pk>/final.pdf", issuing.PdfView.as_view(), name="bulletin-pdf"),
    path("bulletins/<int:pk>/again/", issuing.AgainView.as_view(), name="bulletin-again"),
    path("bulletins/<int:pk>/<slug:move>/", issuing.MoveView.as_view(), name="bulletin-move"),
    path("bulletins/<int:version>/warnings/new/<slug:kind>/", warnings.NewWarningView.as_view(), name="warning-new"),
    path("bulletins/<int:version>/warnings/<int:pk>/", warnings.WarningView.as_view(), name="warning"),
    path(
        "bulletins/<int:version>/warnings/<int:pk>/take-down/", taking_down.TakeDownView.as_view(),
        name="warning-take-down",
    ),
    path(
        "bulletins/<int:version>/warnings/<int:pk>/pictures/<int:evidence>/", warnings.BoxesView.as_view(),
        name="warning-boxes",
    ),
    path("warnings/<int:pk>/pictures/<int:evidence>/", warnings.PictureView.as_view(), name="warning-picture"),
    path("warnings/<int:pk>/photos/<int:photo>/", warnings.PhotoView.as_view(), name="warning-photo"),
]  # fmt: skip
