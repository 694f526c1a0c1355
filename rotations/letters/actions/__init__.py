from rotations.letters.actions.answering import (
    Another,
    accept_letter,
    decline_letter,
    resume_mails,
    say_submitted,
    stop_mails,
)
from rotations.letters.actions.asking import Wish, ask_for_letter, invite_to_ask
from rotations.letters.actions.errors import CannotAsk, ChangedMeanwhile, NotOpen
from rotations.letters.actions.following import let_lapse, remind_of_letter, tell_of_silence
from rotations.letters.actions.keeping import confirm_letter, share_packet, withdraw_letter
from rotations.letters.actions.showing import PACKET, note_view, show_cv_page

__all__ = [
    "PACKET",
    "Another",
    "CannotAsk",
    "ChangedMeanwhile",
    "NotOpen",
    "Wish",
    "accept_letter",
    "ask_for_letter",
    "confirm_letter",
    "decline_letter",
    "invite_to_ask",
    "let_lapse",
    "note_view",
    "remind_of_letter",
    "resume_mails",
    "say_submitted",
    "share_packet",
    "show_cv_page",
    "stop_mails",
    "tell_of_silence",
    "withdraw_letter",
]
