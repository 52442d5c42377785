from bulletins import admin_hotlines, admin_reports  # noqa: F401 - register
