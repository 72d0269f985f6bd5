"""Write messageapi.default.toml from the settings. Run: python tools/default_toml.py"""

from pathlib import Path

from messageapi.settings import default_toml

if __name__ == "__main__":
    Path("messageapi.default.toml").write_text(default_toml(), "utf-8")
