"""Reads HTML as a browser does, for tests."""

from __future__ import annotations

from html.parser import HTMLParser

_WITHOUT_END = ("br", "col")


class Page(HTMLParser):
    """The elements of a page, checked to be closed in order, and the text of each class.

    Attributes:
        tags: Every element's name and attributes, in order.
        text: All of the text but the style.
        open: The elements that are not yet closed.
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self._cells: list[str] = []
        self.cells: list[str] = []
        self.feed(source)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _WITHOUT_END:
            self.open.append(tag)
        if tag == "td":
            self._cells = []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "td":
            self.cells.append("".join(self._cells))

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data
            self._cells.append(data)

    def count(self, tag: str) -> int:
        """Returns how many elements of this name there are."""
        return sum(name == tag for name, _ in self.tags)
