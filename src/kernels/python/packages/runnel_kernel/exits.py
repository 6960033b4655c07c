"""How a cell ends by its own wish."""


class NotebookExit(BaseException):
    """Raised by notebookutils.notebook.exit: ends the cell, not an error."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value
