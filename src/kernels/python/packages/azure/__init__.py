"""Azure SDK packages; Event Hubs is here."""
