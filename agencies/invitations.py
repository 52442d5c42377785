"""The link by which a person sets their password. Its token ends with its use, or when the password changes."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agencies.models import User


def password_link(person: User) -> str:
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return str(settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=key))


def send_invitation(person: User) -> None:
    """Mail the link, in the person's language. The subject holds nothing anybody typed."""
    with translation.override(person.language):
        subject = render_to_string("mail/invitation_subject.txt").strip()
        text = render_to_string("mail/invitation.txt", {"link": password_link(person)})
    send_mail(subject, text, None, [person.email])
