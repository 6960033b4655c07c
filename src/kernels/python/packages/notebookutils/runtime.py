"""Facts about the session."""

context = {"currentNotebookName": "", "isForPipeline": False, "isReferenceRun": False, "productType": "Runnel"}
