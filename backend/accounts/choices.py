"""The closed lists of words of accounts."""

SESSION_KINDS = ("cookie", "bearer")
CHANNELS = ("fcm", "webpush")
PURPOSES = ("statistics", "push", "email", "newsletter")
SEXES = ("female", "male", "other")
AGE_BANDS = ("0-14", "15-24", "25-44", "45-64", "65-79", "80+")
ORGANISATION_KINDS = ("association", "business", "school", "other")
ORGANISATION_STATES = ("pending", "confirmed", "refused", "closed")
SCOPES = ("read", "write", "private")
