"""Derive at set-up what takes long to derive from the rules: `python -m safety.prepare`, written to `build/sieve.json`."""

from __future__ import annotations

from safety.emergency import SIEVE, load_safety


def main() -> None:
    """Write the file; make calls it when the rules changed."""
    SIEVE.parent.mkdir(parents=True, exist_ok=True)
    load_safety().sieve.write(SIEVE)


if __name__ == "__main__":
    main()
