from django.urls import path

from casemgr.backoffice import clocks_views

urlpatterns = [
    path("cases/<str:number>/clocks/<slug:obligation>/", clocks_views.ExtendView.as_view(), name="clock-extend"),
]
