"""Tasks in SMS Messenger."""

from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.messages.deleting import DeleteAllConversations, DeleteConversation, DeleteMessage
from envs.phone.tasks.messages.reading import CountReceived, ReadCode, WhoWrote
from envs.phone.tasks.messages.sending import (
    ForwardMessage,
    ReplyToNewest,
    ResendMessage,
    SendMessage,
    SendMessageToContact,
    TextMissingContact,
)

MESSAGES_TASKS: tuple[type[PhoneTask], ...] = (
    SendMessage,
    SendMessageToContact,
    ReplyToNewest,
    ResendMessage,
    ForwardMessage,
    DeleteConversation,
    DeleteMessage,
    DeleteAllConversations,
    ReadCode,
    CountReceived,
    WhoWrote,
    TextMissingContact,
)
