from django.urls import path

from casemgr.backoffice import passing_on_views, referral_views

urlpatterns = [
    path("cases/<str:number>/calls/", referral_views.CallView.as_view(), name="call"),
    path("cases/<str:number>/sheet/", referral_views.SheetView.as_view(), name="sheet"),
    path("cases/<str:number>/passing-on/", passing_on_views.PassOnView.as_view(), name="pass-on"),
    path("cases/<str:number>/passing-on/<int:pk>/file/", passing_on_views.PackageView.as_view(), name="package"),
    path(
        "cases/<str:number>/passing-on/<int:pk>/confirmed/",
        passing_on_views.ConfirmedView.as_view(),
        name="package-confirmed",
    ),
    path("take-in/", passing_on_views.ImportView.as_view(), name="take-in"),
    path("receipts/<int:pk>/", referral_views.ReceiptView.as_view(), name="receipt"),
]
