"""The Smart Citizen indicators: computed from what the rooms below publish, and kept."""
