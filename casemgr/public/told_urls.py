"""What everybody reads: warnings, legal knowledge, bulletins, feeds, open data."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from casemgr.public.views import bulletins, feeds, open_data, warnings


class WithinReach(IntConverter):
    """A number that a database can be asked for; a longer one is no address."""

    regex = "[0-9]{1,9}"


register_converter(WithinReach, "told")

urlpatterns = [
    path("canh-bao/", warnings.warnings, name="warnings"),
    path("canh-bao/nhung/", warnings.embedded, name="warnings-embedded"),
    path("canh-bao/atom.xml", feeds.warnings_atom, name="warnings-atom"),
    path("canh-bao/feed.json", feeds.warnings_json, name="warnings-json"),
    path("canh-bao/<told:item>/", warnings.warning, name="warning-short"),
    path("canh-bao/<told:item>/<slug:slug>/", warnings.warning, name="warning"),
    path("canh-bao/<told:item>/anh/<slug:sha256>.jpg", warnings.photo, name="warning-photo"),
    path("kien-thuc/", warnings.knowledge, name="knowledge"),
    path("kien-thuc/<told:item>/<slug:slug>/", warnings.article, name="article"),
    path("ban-tin/", bulletins.bulletins, name="bulletins"),
    path("ban-tin/atom.xml", feeds.bulletins_atom, name="bulletins-atom"),
    path("ban-tin/feed.json", feeds.bulletins_json, name="bulletins-json"),
    path("ban-tin/<told:pk>/", bulletins.bulletin, name="bulletin"),
    path("ban-tin/<told:pk>/<told:number>/", bulletins.bulletin_version, name="bulletin-version"),
    path("ban-tin/<told:pk>/<told:number>/thong-bao.pdf", bulletins.paper, name="bulletin-paper"),
    path("ban-tin/<told:pk>/<told:number>/bieu-do/<slug:code>.svg", bulletins.chart, name="bulletin-chart"),
    path("du-lieu-mo/", open_data.about, name="open-data"),
    path("du-lieu-mo/so-lieu.csv", open_data.as_csv, name="open-data-csv"),
    path("du-lieu-mo/so-lieu.json", open_data.as_json, name="open-data-json"),
]
