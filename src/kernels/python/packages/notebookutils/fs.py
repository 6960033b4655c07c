"""Files: the lakehouse (`Files/...`, `Tables/...`), mounts and cloud paths, all in this browser."""
from pyspark.errors import PySparkException
from runnel_kernel import bridge

from ._refusal import refuses

_FOLDER_MARK = ".keep"


class FileInfo:
    """One entry of a folder."""

    def __init__(self, entry):
        self.path = entry["path"]
        self.name = entry["name"]
        self.size = entry["sizeBytes"]
        self.isDir = entry["isFolder"]
        self.isFile = not entry["isFolder"]
        self.modifyTime = int(entry["modifiedMs"])

    def __repr__(self):
        return f"FileInfo(path={self.path}, name={self.name}, size={self.size}, isDir={self.isDir})"


def _list(path):
    return bridge.request("fileList", {"path": path})["entries"]


def ls(dir):
    """Entries of a folder."""
    return [FileInfo(entry) for entry in _list(dir) if entry["name"] != _FOLDER_MARK]


def exists(file):
    """Whether a file or folder is there."""
    parent, _, name = file.rstrip("/").rpartition("/")
    try:
        return any(entry["name"] == name for entry in _list(parent or "/")) or bool(_list(file))
    except PySparkException as missing:
        if "NOT_FOUND" in (missing.getCondition() or ""):
            return False
        raise


def _read(file):
    return bytes(bridge.request("fileRead", {"path": file})["bytes"])


def _write(file, content, overwrite):
    bridge.request("fileWrite", {"path": file, "bytes": {"$buffer": 0}, "overwrite": overwrite}, [content])


def put(file, content, overwrite=False):
    """Writes text to a file."""
    _write(file, content.encode("utf-8"), overwrite)
    return True


def append(file, content, createFileIfNotExists=False):
    """Adds text to the end of a file."""
    before = _read(file) if exists(file) or not createFileIfNotExists else b""
    _write(file, before + content.encode("utf-8"), True)
    return True


def head(file, maxBytes=1024 * 100):
    """The first bytes of a file, as text."""
    return _read(file)[:maxBytes].decode("utf-8", "replace")


def mkdirs(dir):
    """Makes a folder; a hidden mark keeps it while it is empty."""
    if not exists(dir):
        _write(f"{dir.rstrip('/')}/{_FOLDER_MARK}", b"", True)
    return True


def rm(dir, recurse=False):
    """Removes a file, or a folder with `recurse`."""
    bridge.request("fileRemove", {"path": dir, "recursive": recurse})
    return True


def cp(src, dest, recurse=False):
    """Copies a file, or a folder with `recurse`."""
    entries = _entries_of_folder(src)
    if entries is None:
        _write(dest, _read(src), True)
        return True
    if not recurse:
        raise IsADirectoryError(f"{src} is a folder. Use cp(src, dest, True).")
    for entry in entries:
        cp(f"{src.rstrip('/')}/{entry['name']}", f"{dest.rstrip('/')}/{entry['name']}", True)
    return True


def _entries_of_folder(path):
    """Entries of a folder; None for a file."""
    try:
        parent, _, name = path.rstrip("/").rpartition("/")
        for entry in _list(parent or "/"):
            if entry["name"] == name and not entry["isFolder"]:
                return None
    except PySparkException as missing:
        if "NOT_FOUND" not in (missing.getCondition() or ""):
            raise
    return _list(path)


def mv(src, dest, create_path=False, overwrite=False):
    """Moves a file or folder."""
    if not overwrite and exists(dest):
        raise FileExistsError(f"{dest} exists. Use mv(src, dest, create_path, overwrite=True).")
    cp(src, dest, True)
    return rm(src, True)


fastcp = cp
__getattr__ = refuses("notebookutils.fs", "There are ls, cp, mv, rm, put, append, head, mkdirs and exists.")
