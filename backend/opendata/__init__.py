"""The open-data catalogue: data sets of the rooms below, streamed, versioned and described."""
