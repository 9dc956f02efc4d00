"""The Smart Citizen indicators: what the rooms below publish, computed, protected and kept by version."""
