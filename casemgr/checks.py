"""What readiness means: the database answers and uploads can be written."""

READY_CHECKS = ["health_check.checks.Database", "health_check.checks.Storage"]
