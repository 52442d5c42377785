from django.urls import path

from casemgr.backoffice import press_views as views

urlpatterns = [
    path("press/", views.HandedListView.as_view(), name="press"),
    path("press/<int:pk>/", views.HandedView.as_view(), name="press-bulletin"),
    path("press/<int:pk>/bulletin.pdf", views.PdfView.as_view(), name="press-pdf"),
    path("press/<int:pk>/announcement.txt", views.AnnouncementView.as_view(), name="press-announcement"),
    path(
        "press/warnings/<int:pk>/announcement.txt", views.ItemAnnouncementView.as_view(), name="press-item-announcement"
    ),
    path("press/warnings/<int:pk>/poster.pdf", views.PosterView.as_view(), name="press-poster"),
    path("press/warnings/<int:pk>/share.png", views.ShareImageView.as_view(), name="press-share-image"),
    path("press/coverage/<int:pk>/strike/", views.StrikeView.as_view(), name="press-strike"),
]
