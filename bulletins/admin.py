from bulletins import admin_reports  # noqa: F401 - registers the kinds of report
