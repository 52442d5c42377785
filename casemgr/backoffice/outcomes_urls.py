from django.urls import path

from casemgr.backoffice import outcomes_views

urlpatterns = [
    path(
        "cases/<str:number>/moves/<str:move>/preview/",
        outcomes_views.OutcomePreview.as_view(),
        name="outcome-preview",
    ),
]
