"""What is told of a call that failed in another process."""

from __future__ import annotations

__all__ = ["CallFailed"]


class CallFailed(Exception):  # noqa: N818  # it stands for any error, and is caught by the pipeline
    """A call raised something that is no error of ftdata's; its text may quote a row and stays where it was.

    Attributes:
        kind: Type of what was raised.
        place: File, line and function where it was raised.
    """

    def __init__(self, kind: str, place: str) -> None:
        self.kind, self.place = kind, place
        super().__init__(f"a call raised {kind} at {place}")

    def __reduce__(self) -> tuple[type[CallFailed], tuple[str, str]]:
        """Both attributes are needed to make it again."""
        return CallFailed, (self.kind, self.place)
