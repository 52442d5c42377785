"""Stop the services and remove everything that was made; `var/` (a person's data) and sources stay."""

import shutil

from scripts import services
from scripts.console import ROOT, say

MADE = (
    ".venv", ".services", "node_modules", "static/vendor", "build",
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache",
)  # fmt: skip


def main() -> None:
    services.stop()
    for name in MADE:
        if (ROOT / name).exists():
            shutil.rmtree(ROOT / name)
            say(f"removed {name}")
    for compiled in (ROOT / "locale").glob("*/LC_MESSAGES/*.mo"):
        compiled.unlink()
    for cache in [path for path in ROOT.rglob("__pycache__") if path.is_dir()]:
        shutil.rmtree(cache)
    if (ROOT / "var").exists():
        say("kept var/ (database, uploads, keys)")


if __name__ == "__main__":
    main()
