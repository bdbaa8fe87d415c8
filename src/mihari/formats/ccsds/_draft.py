"""A message while it is being read: blocks that are still open, seated by the structure table."""

from __future__ import annotations

from dataclasses import dataclass, field

from mihari.formats.ccsds._schema import Section
from mihari.formats.ccsds._tree import Attributes, Block, Comment, Entry, Item, Row, Stray

__all__ = ["Draft", "Seats"]


@dataclass(slots=True)
class Draft:
    """A block that still takes items."""

    name: str
    line: int | None = None
    items: list[Item | Draft] = field(default_factory=list)
    attributes: Attributes = ()

    def block(self) -> Block:
        """Return the finished block with all that are within it."""
        return Block(self.name, self.finished(), self.line, self.attributes)

    def finished(self) -> tuple[Item, ...]:
        """Return the finished items."""
        return tuple(item.block() if isinstance(item, Draft) else item for item in self.items)

    def holds(self, keyword: str) -> bool:
        """Say whether the keyword stands somewhere in the block."""
        return any(
            item.holds(keyword) if isinstance(item, Draft) else isinstance(item, Entry) and item.keyword == keyword
            for item in self.items
        )


class Seats:
    """Puts flat items where the nesting of the table has them. Order is never changed: blocks open and close."""

    def __init__(self, root: Section, name: str, *, version: str) -> None:
        self._version = version
        self.root = Draft(name)
        self._open: list[tuple[Section, Draft]] = [(root, self.root)]
        self._waiting: list[Comment] = []

    @property
    def section(self) -> Section:
        """The innermost section that is open."""
        return self._open[-1][0]

    @property
    def innermost(self) -> Draft:
        """The innermost block that is open."""
        return self._open[-1][1]

    def unclosed(self) -> str | None:
        """Return the marker that should have ended the section that is open, if one has to."""
        return next((section.markers[1] for section, _ in reversed(self._open) if section.markers), None)

    def comment(self, comment: Comment) -> None:
        """Keep a comment for the block of the item that follows."""
        self._waiting.append(comment)

    def entry(self, entry: Entry) -> None:
        """Seat a keyword; one that the table does not know stays in the innermost block."""
        self._reopen(entry.keyword)
        depth = self._depth_of(entry.keyword)
        if depth is not None:
            self._close_to(depth)
            for section in self.section.seat(entry.keyword) or ():
                self.open(section, entry.line)
        self._add(entry)

    def row(self, row: Row) -> None:
        """Put a line of a table into the innermost block, or open the block that takes it."""
        while len(self._open) > 1 and self._path_to_rows(self.section) is None:
            self._close_to(len(self._open) - 2)
        for section in self._path_to_rows(self.section) or ():
            self.open(section, row.line)
        self._add(row)

    def row_here(self, row: Row) -> None:
        """Put a line that fits nowhere into the innermost block as it is."""
        self._add(row)

    def takes_rows(self) -> bool:
        """Say whether a line of a table has a place from here."""
        return self._shape_depth() is not None

    def shape_name(self) -> str:
        """Return the name of the rows that fit here; `takes_rows` must hold."""
        depth = self._shape_depth()
        section = self._open[depth if depth is not None else 0][0]
        path = self._path_to_rows(section) or ()
        shape = (path[-1] if path else section).rows
        return shape.name if shape is not None else ""

    def stray(self, stray: Stray) -> None:
        """Keep text that has no place."""
        self._add(stray)

    def open(self, section: Section, line: int | None) -> None:
        """Open a block in the innermost one."""
        parent = self.innermost
        draft = Draft(section.name, line) if section.name else parent
        if section.name:
            parent.items.append(draft)
        self._open.append((section, draft))

    def open_marked(self, marker: str, line: int | None) -> bool:
        """Open the section that a KVN marker begins; False when there is none from here."""
        for depth in range(len(self._open) - 1, 0, -1):
            if marker in self._open[depth][0].openers:
                self._close_to(depth - 1)
                break
        for depth in range(len(self._open) - 1, -1, -1):
            path = _marked_path(self._open[depth][0], marker)
            if path is not None:
                self._close_to(depth)
                for section in path:
                    self.open(section, line)
                return True
        return False

    def close_marked(self, marker: str) -> bool:
        """Close the section that a KVN marker ends; False when none is open."""
        for depth in range(len(self._open) - 1, 0, -1):
            section = self._open[depth][0]
            if section.markers and section.markers[1] == marker:
                self._flush()
                self._close_to(depth - 1)
                return True
        return False

    def finish(self) -> Draft:
        """Close everything and return the root."""
        self._flush()
        self._close_to(0)
        return self.root

    def _reopen(self, keyword: str) -> None:
        """Close a repeatable section that has begun when its opening keyword comes again."""
        for depth in range(len(self._open) - 1, 0, -1):
            section, draft = self._open[depth]
            if keyword in section.openers and (draft.holds(keyword) or (len(section.openers) > 1 and draft.items)):
                self._close_to(depth - 1)
                return

    def _depth_of(self, keyword: str) -> int | None:
        for depth in range(len(self._open) - 1, -1, -1):
            section = self._open[depth][0]
            path = section.seat(keyword)
            # A place for user-defined keywords that the version does not have yet is none.
            if path is not None and not (path and path[-1].is_open and path[-1].since > self._version):
                return depth
            if section.markers:
                return None  # what stands between markers does not leave them
        return None

    def _shape_depth(self) -> int | None:
        for depth in range(len(self._open) - 1, -1, -1):
            section = self._open[depth][0]
            if self._path_to_rows(section) is not None:
                return depth
            if section.markers:
                return None
        return None

    @staticmethod
    def _path_to_rows(section: Section) -> tuple[Section, ...] | None:
        if section.rows is not None:
            return ()
        for part in section.parts:
            if isinstance(part, Section) and not part.markers and part.rows is not None:
                return (part,)
        return None

    def _close_to(self, depth: int) -> None:
        del self._open[depth + 1 :]

    def _add(self, item: Item) -> None:
        self._flush()
        self.innermost.items.append(item)

    def _flush(self) -> None:
        self.innermost.items.extend(self._waiting)
        self._waiting.clear()


def _marked_path(section: Section, marker: str) -> tuple[Section, ...] | None:
    for part in section.parts:
        if isinstance(part, Section):
            if part.markers and part.markers[0] == marker:
                return (part,)
            if not part.markers:
                path = _marked_path(part, marker)
                if path is not None:
                    return (part, *path)
    return None
