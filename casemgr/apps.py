from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CasemgrConfig(AppConfig):
    name = "casemgr"
    default = True


class AdministrationConfig(admin_apps.AdminConfig):
    """Django's admin with our own site: see `casemgr.administration`."""

    default_site = "casemgr.administration.AdministrationSite"
    default = False
