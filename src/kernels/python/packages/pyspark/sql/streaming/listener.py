"""Listeners of query events: the class notebooks derive from. Adding one is refused by name for now."""


class StreamingQueryListener:
    """Override the methods you need."""

    def onQueryStarted(self, event):
        pass

    def onQueryProgress(self, event):
        pass

    def onQueryIdle(self, event):
        pass

    def onQueryTerminated(self, event):
        pass
