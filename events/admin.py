"""What is owed to handlers, and what runs by itself: looked at here, and run again when it was parked."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import Delivery, JobRun, Lease, OutgoingMessage
from events.recorded_admin import ReadOnlyModelAdmin
from events.services.delivering import retry
from events.services.recording import record_event
from events.services.sending import confirm_messages


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyModelAdmin):
    """What is not done yet. Neither the case nor its stream is named: administrators see no cases."""

    list_display = ["handler", "event_kind", "state", "attempts", "due_at", "last_error"]
    list_filter = ["state", "handler"]
    fields = ["handler", "event_kind", "state", "attempts", "due_at", "last_error"]
    list_select_related = ["event"]
    ordering = ["due_at", "id"]
    actions = ["run_again"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return super().get_queryset(request).exclude(state=Delivery.State.DONE)

    @admin.display(description=_("event"))
    def event_kind(self, delivery: Delivery) -> str:
        return delivery.event.kind

    @admin.action(description=_("Run again now"), permissions=["view"])
    @transaction.atomic
    def run_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        chosen = sorted(deliveries.values_list("pk", flat=True))
        again = retry(chosen)
        if again:
            record_event("system:deliveries", "deliveries.retried", by=self.administrator(request), deliveries=chosen)
        text = ngettext("%(n)d delivery is due again.", "%(n)d deliveries are due again.", again) % {"n": again}
        messages.success(request, text)


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ReadOnlyModelAdmin):
    """Mail and short messages, and what became of them. Neither address nor text is kept, so none is shown."""

    list_display = ["created_at", "channel", "purpose", "about", "status", "why", "code", "attempts", "last_error"]
    list_filter = ["status", "channel", "purpose"]
    fields = [
        "channel",
        "purpose",
        "about",
        "status",
        "why",
        "code",
        "attempts",
        "last_error",
        "created_at",
        "sent_at",
        "bounced_at",
    ]
    ordering = ["-id"]
    actions = ["confirm"]
    show_full_result_count = False

    @admin.action(description=_("Write to these addresses again"), permissions=["view"])
    @transaction.atomic
    def confirm(self, request: HttpRequest, chosen: QuerySet[OutgoingMessage]) -> None:
        """For an address that was put right elsewhere, or a mailbox that works again."""
        ids = sorted(chosen.values_list("pk", flat=True))
        again = confirm_messages(ids)
        if again:
            by = self.administrator(request)
            record_event("system:deliveries", "deliveries.addresses_confirmed", by=by, messages=ids)
        text = ngettext("%(n)d address is written to again.", "%(n)d addresses are written to again.", again) % {
            "n": again
        }
        messages.success(request, text)


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyModelAdmin):
    list_display = ["name", "due_at", "last_error"]
    ordering = ["name"]


@admin.register(Lease)
class LeaseAdmin(ReadOnlyModelAdmin):
    list_display = ["name", "holder", "until"]
    ordering = ["name"]
