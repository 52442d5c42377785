"""The project's addresses with the style guide, which is otherwise wired in development only."""

from django.urls import path

from casemgr.styleguide import styleguide
from casemgr.urls import urlpatterns as project

urlpatterns = [*project, path("styleguide/", styleguide)]
