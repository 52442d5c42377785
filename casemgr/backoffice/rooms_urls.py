from django.urls import path

from casemgr.backoffice import rooms_views

urlpatterns = [
    path("cases/<str:number>/settlement/", rooms_views.SettlementPage.as_view(), name="settlement"),
    path("cases/<str:number>/settlement/bar/", rooms_views.BarView.as_view(), name="bar"),
    path("cases/<str:number>/settlement/minutes/", rooms_views.MinutesFileView.as_view(), name="minutes-file"),
]
