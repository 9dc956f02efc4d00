"""What other rooms ask of this one: follow, tell, read, wish and stop."""

from backend.notifications.messages import Message, Recipient, Said
from backend.notifications.queries import followed, followers_count
from backend.notifications.service.following import (
    adopt_device,
    follow,
    forget_address,
    forget_subject,
    move_followers,
    unfollow,
)
from backend.notifications.service.news import NewsOut, mark_read, news_of, open_news
from backend.notifications.service.stopping import Stopped, resubscribe, stop_link, unsubscribe
from backend.notifications.service.telling import notify
from backend.notifications.service.wishing import change_preferences, preferences_of

__all__ = [
    "Message",
    "NewsOut",
    "Recipient",
    "Said",
    "Stopped",
    "adopt_device",
    "change_preferences",
    "follow",
    "followed",
    "followers_count",
    "forget_address",
    "forget_subject",
    "mark_read",
    "move_followers",
    "news_of",
    "notify",
    "open_news",
    "preferences_of",
    "resubscribe",
    "stop_link",
    "unfollow",
    "unsubscribe",
]
