"""Checks what Mihari nodes give away: releases and audit logs. Needs the standard library and `cryptography` alone."""

from __future__ import annotations

__all__: list[str] = []
