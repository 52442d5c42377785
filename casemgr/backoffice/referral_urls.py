from django.urls import path

from casemgr.backoffice import referral_views

urlpatterns = [
    path("cases/<str:number>/calls/", referral_views.CallView.as_view(), name="call"),
    path("cases/<str:number>/sheet/", referral_views.SheetView.as_view(), name="sheet"),
    path("receipts/<int:pk>/", referral_views.ReceiptView.as_view(), name="receipt"),
]
