"""Each house rule finds its breach, and leaves what only looks like one."""

import pytest

from scripts.house_rules import Source, findings, too_long

BREACHES = {
    "states_move_only_by_transitions": [
        ("workflows/services/a.py", "Case.objects.filter(pk=1).update(state='closed')"),
        ("casemgr/a.py", "Case.objects.update(\n    note='x',\n    state='closed',\n)"),
        ("workflows/a.py", "Case.objects.bulk_update(cases, ['note', 'state'])"),
        ("workflows/a.py", "visible.filter(pk=1).update(state='closed')"),
        ("workflows/a.py", "Case.objects.bulk_update(cases, fields=['state'])"),
    ],
    "no_signals": [
        ("search/a.py", "from django.db.models.signals import post_save"),
        ("search/a.py", "import django.dispatch"),
    ],
    "no_save_overrides": [("complaints/models.py", "class A(Model):\n    def save(self): ...")],
    "no_registry_hosts": [("requirements/a.txt", "--index-url https://pypi.org/simple")],
    "stands_alone": [
        ("docs/a.md", "see ../shared/architecture.md"),
        ("casemgr/a.py", "P = '/work/shared/x'"),
    ],
    "nothing_left_to_do": [("docs/a.md", "TODO: write this")],
    "safe_has_a_reason": [
        ("templates/public/a.html", "{{ text|safe }}"),
        ("documents/a.py", "mark_safe(text)"),
    ],
    "no_inline_script_or_style": [
        ("templates/public/a.html", '<p style="color: red">'),
        ("templates/public/a.html", '<a onclick="go()">'),
        ("templates/public/a.html", "<script>go()</script>"),
    ],
}
FINE = [
    ("workflows/services/a.py", "Case.objects.filter(state='closed').update(note='x')"),
    ("workflows/a.py", "data.update(states)"),
    ("workflows/a.py", "Referral.objects.filter(case=case).update(state='ended')"),
    ("events/services/a.py", "Delivery.objects.filter(pk=1).update(state='done')"),
    ("tests/a.py", "Case.objects.update(state='closed')"),
    ("tests/a.py", "DATA = '../shared/data'"),
    ("complaints/a.py", "case.save()"),
    ("templates/public/a.html", "{# safe: escaped in view #}\n{{ text|safe }}"),
    ("templates/mail/a.txt", "{% autoescape off %}{{ text }}{% endautoescape %}"),
    ("templates/public/a.html", '<script type="module" src="a.js"></script>'),
    ("templates/public/a.html", '<script type="application/json">{}</script>'),
    ("templates/bulletins/a.html", '<p style="color: red">'),
    ("casemgr/public/a.py", "def unsafe(): ..."),
]


@pytest.mark.parametrize(("rule", "path", "text"), [(r, p, t) for r, all_ in BREACHES.items() for p, t in all_])
def test_a_breach_is_found(rule: str, path: str, text: str) -> None:
    assert [found for found in findings(Source(path, text)) if rule in found]


@pytest.mark.parametrize(("path", "text"), FINE)
def test_what_is_fine_stays_fine(path: str, text: str) -> None:
    assert findings(Source(path, text)) == []


def test_every_rule_has_a_breach_here() -> None:
    from scripts.house_rules import RULES

    assert {rule.__name__ for rule in RULES} == set(BREACHES)


def test_length_is_warned_of_beyond_300_lines() -> None:
    assert not too_long(Source("search/a.py", "x\n" * 300))
    assert too_long(Source("search/a.py", "x\n" * 301))
    assert not too_long(Source("search/migrations/0001.py", "x\n" * 301))
