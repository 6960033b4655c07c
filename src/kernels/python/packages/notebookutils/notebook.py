"""The running notebook."""
from runnel_kernel.exits import NotebookExit

from ._refusal import refuses


def exit(value=""):
    """Ends the cell and shows the value."""
    raise NotebookExit(str(value))


__getattr__ = refuses("notebookutils.notebook", "One notebook does not run another here; put the code in a cell.")
