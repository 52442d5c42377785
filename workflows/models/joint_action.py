"""Joint action on goods: one urgent request to several agencies, each with a task and a clock in hours, one board."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member, System
from agencies.models import Agency, User
from workflows.errors import CaseNotFound

from .case import Case
from .cooperation import ScannedFile
from .paper import Paper


class JointActionQuerySet(models.QuerySet["JointAction"]):
    def visible_to(self, actor: Actor) -> JointActionQuerySet:
        """Those with a task of the actor's agency that it did not decline, and those of its own cases. A task opens no
        case."""
        if isinstance(actor, System):
            return self
        if not isinstance(actor, Member) or not actor.handles_cases or actor.agency.assisted_intake_only:
            return self.none()
        with_a_task = JointTask.objects.filter(action=OuterRef("pk"), agency=actor.agency)
        with_a_task = with_a_task.exclude(state=JointTask.State.DECLINED)
        own = Q(case__owner=actor.agency, case__in=Case.objects.visible_to(actor))
        return self.filter(Exists(with_a_task) | own)

    def locked(self, action_id: int) -> JointAction:
        """The action, locked until the transaction ends. Raises CaseNotFound.

        This one row lock is what everybody on the board queues at: taking, reporting and ending never meet.
        """
        found = (
            self.select_for_update(of=("self",)).select_related("case__owner__kind", "case__province")
            .filter(pk=action_id).first()
        )  # fmt: skip
        if found is None:
            raise CaseNotFound(_t("There is no such joint action, or it is not yours to see."))
        return found


class JointAction(models.Model):
    """Always of a case: what officers found themselves is opened as one first. ``key``: as of `Cooperation`."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended with a joint record")
        CALLED_OFF = "called_off", _("called off")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joint_actions", verbose_name=_("case"))
    key = models.CharField(max_length=32, unique=True)
    goods = models.TextField(_("what goods it is about"))
    places = models.TextField(_("where"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("leading agency"))
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    record = models.OneToOneField(
        Paper, on_delete=models.PROTECT, null=True, blank=True, related_name="joint_action", verbose_name=_("record")
    )

    objects = JointActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("joint action")
        verbose_name_plural = _("joint actions")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(record__isnull=False), name="joint_action_ends_with_a_record"
            ),
        ]

    def __str__(self) -> str:
        return f"joint action {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING


class JointTask(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        TAKEN = "taken", _("taken")
        DECLINED = "declined", _("declined")
        DONE = "done", _("done")

    OPEN = (State.ASKED, State.TAKEN)

    action = models.ForeignKey(
        JointAction, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("joint action")
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    text = models.TextField(_("task"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    due_at = models.DateTimeField(_("due at"))
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("task of a joint action")
        verbose_name_plural = _("tasks of joint actions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["action", "agency"], name="joint_task_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None, reminded_at=None), name="joint_task_to_remind"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at < now


class BoardPost(models.Model):
    """What an agency writes on the board. Everybody on it reads it; ``salt`` as of `Remark`, ``key`` as of
    `Cooperation`, of a message."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message")
        TAKEN = "taken", _("task taken")
        DECLINED = "declined", _("task declined")
        DONE = "done", _("task done")

    action = models.ForeignKey(
        JointAction, on_delete=models.PROTECT, related_name="posts", verbose_name=_("joint action")
    )
    key = models.CharField(max_length=32, null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("text"), blank=True)
    salt = models.CharField(max_length=32)
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("post on a joint board")
        verbose_name_plural = _("posts on joint boards")
        ordering = ["written_at", "id"]
        constraints = [models.UniqueConstraint(fields=["action", "author", "key"], name="board_post_once")]

    def __str__(self) -> str:
        return f"post {self.pk}"


class BoardFile(ScannedFile):
    post = models.ForeignKey(BoardPost, on_delete=models.PROTECT, related_name="files", verbose_name=_("post"))

    class Meta:
        verbose_name = _("file on a joint board")
        verbose_name_plural = _("files on joint boards")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"board file {self.pk}"
