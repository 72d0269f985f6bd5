"""The command line: one file a noun, every command with --json and an exit code that means something."""


def main() -> None:
    """Entry point of `messageapi`. Imported late, so that a broken installation can still be explained."""
    from messageapi.cli.app import app  # noqa: PLC0415

    app()
