from rotations.conversations.actions.inquiries import (
    CASE,
    MESSAGES_AN_HOUR,
    Message,
    MessageAnswered,
    answer_inquiry,
    send_inquiry,
)
from rotations.conversations.actions.questions import (
    QUESTIONS_A_DAY,
    AlreadyAnswered,
    AlreadyAsked,
    answer_question,
    ask_question,
)

__all__ = [
    "CASE",
    "MESSAGES_AN_HOUR",
    "QUESTIONS_A_DAY",
    "AlreadyAnswered",
    "AlreadyAsked",
    "Message",
    "MessageAnswered",
    "answer_inquiry",
    "answer_question",
    "ask_question",
    "send_inquiry",
]
