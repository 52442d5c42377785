from django.urls import path

from casemgr.backoffice import saved_views

urlpatterns = [
    path("searches/", saved_views.SearchesView.as_view(), name="searches"),
    path("searches/save/", saved_views.SaveView.as_view(), name="search-save"),
    path("searches/watchlists/new/", saved_views.NewWatchlistView.as_view(), name="watchlist-new"),
    path("searches/<int:pk>/", saved_views.EditView.as_view(), name="search-edit"),
    path("searches/<int:pk>/open/", saved_views.OpenView.as_view(), name="search-open"),
    path("searches/<int:pk>/delete/", saved_views.DeleteView.as_view(), name="search-delete"),
    path("searches/<int:pk>/cases/", saved_views.WatchlistView.as_view(), name="watchlist"),
]
