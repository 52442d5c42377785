"""Help between agencies, and cases officers open themselves. The citizen is told none of it: who helps whom is the
agencies' own affair, and a joint action that is known is over. Events hold ids and digests; see `workflows.kinds`."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.found", _("%(who)s opened the case of its own initiative."), "", _("A case was opened by an officer")),
    Kind("cooperation.asked", _("%(who)s asked %(to)s for help."), "", _("Your agency is asked for help")),
    Kind("cooperation.taken", _("%(who)s took the request for help."), "", _("Your request for help was taken")),
    Kind(
        "cooperation.declined",
        _("%(who)s declined the request for help."),
        "",
        _("Your request for help was declined"),
    ),
    Kind("cooperation.contributed", _("%(who)s contributed what was asked."), "", _("A contribution has come")),
    Kind(
        "cooperation.returned",
        _("%(who)s asked %(to)s to complete its contribution."),
        "",
        _("Your contribution has to be completed"),
    ),
    Kind(
        "cooperation.dismissed",
        _("%(who)s no longer needs the help of %(to)s."),
        "",
        _("Your help is no longer needed"),
    ),
    Kind("cooperation.overdue", _("The help of %(to)s is overdue."), "", _("Help between agencies is overdue")),
    Kind("cooperation.file_opened", _("%(who)s opened a contributed file."), ""),
    Kind("joint_action.started", _("%(who)s started a joint action."), "", _("A joint action was started")),
    Kind(
        "joint_action.asked", _("%(to)s has a task in the joint action."), "", _("Joint action: your agency has a task")
    ),
    Kind(
        "joint_action.taken", _("%(who)s took its task in the joint action."), "", _("Joint action: a task was taken")
    ),
    Kind(
        "joint_action.declined",
        _("%(who)s declined its task in the joint action."),
        "",
        _("Joint action: a task was declined"),
    ),
    Kind("joint_action.reported", _("%(who)s wrote on the joint board."), "", _("Joint action: news on the board")),
    Kind(
        "joint_action.done", _("%(who)s has done its task in the joint action."), "", _("Joint action: a task is done")
    ),
    Kind("joint_action.overdue", _("The task of %(to)s is overdue."), "", _("Joint action: a task is overdue")),
    Kind(
        "joint_action.ended",
        _("%(who)s ended the joint action with a record."),
        "",
        _("Joint action: the record is made"),
    ),
    Kind(
        "joint_action.called_off", _("%(who)s called the joint action off."), "", _("The joint action was called off")
    ),
)
