"""The link by which a person sets their password. Its token ends with its use, or when the password changes."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agencies.models import User
from events.services.sending import Outgoing, send_mail, stable_id


def password_link(person: User) -> str:
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return str(settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=key))


def send_invitation(person: User, event_id: int) -> None:
    """Mail the link the event asks for, in the person's language. The subject holds nothing anybody typed."""
    with translation.override(person.language):
        subject = render_to_string("mail/invitation_subject.txt").strip()
        text = render_to_string("mail/invitation.txt", {"link": password_link(person)})
    message_id = stable_id("agencies.invitation", f"{event_id}:{person.pk}")
    send_mail(Outgoing("invitation", f"person:{person.pk}", message_id, person.email, text, subject))
