"""Addresses of the register of businesses, and of the business's side of a case."""

from django.urls import path

from casemgr.backoffice import case_business_views as case
from casemgr.backoffice import respondent_views as views

urlpatterns = [
    path("businesses/", views.RegisterView.as_view(), name="businesses"),
    path("businesses/new/", views.EnterView.as_view(), name="business-new"),
    path("businesses/<int:pk>/", views.BusinessView.as_view(), name="business"),
    path("businesses/<int:pk>/edit/", views.EditView.as_view(), name="business-edit"),
    path("businesses/<int:pk>/contacts/", views.ContactView.as_view(), name="business-contact"),
    path("businesses/<int:pk>/contacts/<int:contact>/", views.VerifyContactView.as_view(), name="business-verify"),
    path("businesses/<int:pk>/account/", views.AccountView.as_view(), name="business-account"),
    path("businesses/<int:pk>/merge/<int:other>/", views.MergeView.as_view(), name="business-merge"),
    path("businesses/merges/<int:merge>/undo/", views.UndoMergeView.as_view(), name="business-unmerge"),
    path("cases/<str:number>/business/", case.CaseBusinessView.as_view(), name="case-business"),
    path("cases/<str:number>/business/send/", case.SendView.as_view(), name="case-business-send"),
    path("cases/<str:number>/business/judge/", case.JudgeView.as_view(), name="case-business-judge"),
    path("cases/<str:number>/business/result/", case.TellResultView.as_view(), name="case-business-result"),
    path("cases/<str:number>/business/links/<int:link>/", case.LinkView.as_view(), name="case-business-link"),
]
