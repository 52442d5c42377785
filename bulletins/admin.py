from bulletins import admin_hotlines  # noqa: F401 - registers
