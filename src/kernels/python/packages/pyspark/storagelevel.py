"""Where cached rows would be kept."""


class StorageLevel:
    """Accepted wherever Spark takes one; nothing is cached here."""

    def __init__(self, useDisk, useMemory, useOffHeap, deserialized, replication=1):
        self.useDisk, self.useMemory, self.useOffHeap = useDisk, useMemory, useOffHeap
        self.deserialized, self.replication = deserialized, replication

    def __eq__(self, other):
        return isinstance(other, StorageLevel) and self.__dict__ == other.__dict__

    def __repr__(self):
        return f"StorageLevel({self.useDisk}, {self.useMemory}, {self.useOffHeap}, {self.deserialized}, {self.replication})"

    def __str__(self):
        words = [word for flag, word in ((self.useDisk, "Disk"), (self.useMemory, "Memory"), (self.useOffHeap, "OffHeap"),
                                         (self.deserialized, "Deserialized")) if flag]
        return " ".join([*words, "Serialized" if not self.deserialized else "", f"{self.replication}x Replicated"]).replace("  ", " ")


StorageLevel.NONE = StorageLevel(False, False, False, False)
StorageLevel.DISK_ONLY = StorageLevel(True, False, False, False)
StorageLevel.DISK_ONLY_2 = StorageLevel(True, False, False, False, 2)
StorageLevel.DISK_ONLY_3 = StorageLevel(True, False, False, False, 3)
StorageLevel.MEMORY_ONLY = StorageLevel(False, True, False, False)
StorageLevel.MEMORY_ONLY_2 = StorageLevel(False, True, False, False, 2)
StorageLevel.MEMORY_AND_DISK = StorageLevel(True, True, False, False)
StorageLevel.MEMORY_AND_DISK_2 = StorageLevel(True, True, False, False, 2)
StorageLevel.OFF_HEAP = StorageLevel(True, True, True, False, 1)
StorageLevel.MEMORY_AND_DISK_DESER = StorageLevel(True, True, False, True)
