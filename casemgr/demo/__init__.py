"""A demo province: Đồng Tháp with invented people and sixty invented cases."""

PROVINCE = "82"
SOURCE = "demo"
# Printed for everyone who tries the demo.
PASSWORD = "demo-casemgr"  # nosec B105
