from django.urls import path

from casemgr.backoffice import letters_views

urlpatterns = [
    path("cases/<str:number>/letters/", letters_views.LettersView.as_view(), name="letters"),
    path("cases/<str:number>/letters/write/", letters_views.WriteView.as_view(), name="letter-write"),
    path("cases/<str:number>/letters/<int:letter>/", letters_views.LetterView.as_view(), name="letter"),
    path("papers/<int:pk>/", letters_views.PaperView.as_view(), name="paper"),
]
