"""Who takes part in a benchmark: telephone numbers that exist nowhere, and who writes to whom."""


def numbers(count: int) -> list[str]:
    """Phones that are linked to the product."""
    return [f"+49151100{n:05d}" for n in range(1, count + 1)]


def recipients(count: int, of: int = 0) -> list[str]:
    """Phones that only receive; `of` tells groups of them apart."""
    return [f"+4917{of % 10}{of // 10:02d}{n:06d}" for n in range(1, count + 1)]
