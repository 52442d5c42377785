"""The limits of the law, worked out day by day: a table to be read by a lawyer, not by a programmer.

Each row: the law, when the time began, the limit, when it ends, and why. All times are Hanoi's; an agency's working
day ends at 17:00. `+ swap`: with the days the government exchanged, 2 January 2026 off for Saturday 10 January worked.
"""

from datetime import date, datetime

import pytest
from django.core.management import call_command

from workflows.deadlines import HANOI, Calendar, days_stood, deadline

SWAP = {date(2026, 1, 2): False, date(2026, 1, 10): True}
STAYS = {"rolls": False}

EXAMPLES = [
    # law | start | limit | end | why
    ("Luật 19/2023 Đ57.2 + swap", "26/12/2025 09:00", "7 WD", "08/01/2026 17:00", "29, 30, 31/12; then 5, 6, 7, 8/1: 1 January is a holiday, 2 January was taken off"),
    ("Luật 19/2023 Đ57.2", "26/12/2025 09:00", "7 WD", "07/01/2026 17:00", "29, 30, 31/12; 2, 5, 6, 7/1: without the exchange 2 January is an ordinary Friday"),
    ("Luật 19/2023 Đ31.2 + swap", "08/01/2026 16:30", "3 WD", "12/01/2026 17:00", "Friday 9, Saturday 10 (worked for 2 January), Monday 12 January"),
    ("Luật 19/2023 Đ57.4", "06/02/2026 10:00", "7 WD", "24/02/2026 17:00", "9 to 13/2 are five; Tết Bính Ngọ 14–22/2 is off; 23 and 24/2 make seven"),
    ("Luật 19/2023 Đ57.5", "13/02/2026 16:59", "5 WD", "27/02/2026 17:00", "the day itself does not count (BLDS Đ147.2); Tết passes; 23 to 27/2"),
    ("TTLT 01/2017 Đ9 (tell the reporter)", "13/02/2026 23:00", "3 WD", "25/02/2026 17:00", "lodged on the last evening before Tết: 23, 24, 25/2"),
    ("TTLT 01/2017 (classify)", "13/02/2026 23:30", "24 h", "14/02/2026 23:30", "an hour limit is exact, and Tết does not stop it"),
    ("TTLT 01/2017 (transfer)", "31/12/2025 23:59", "24 h", "01/01/2026 23:59", "into the next year, to the minute"),
    ("default, urgent", "28/02/2028 23:30", "2 h", "29/02/2028 01:30", "the leap day exists for hours, too"),
    ("BLTTHS Đ147.1", "10/02/2026 08:00", "20 d", "02/03/2026 17:00", "20 calendar days; 2 March 2026 is a Monday"),
    ("BLTTHS Đ147.1, roll off", "26/01/2026 08:00", "20 d", "15/02/2026 17:00", "15/2 lies in Tết; the rule says that the end stays"),
    ("BLDS Đ148.5, roll on", "26/01/2026 08:00", "20 d", "23/02/2026 17:00", "the same limit where an end on a day off moves on to the first day worked"),
    ("BLTTHS Đ147.2 (extended to 2 months)", "31/12/2025 08:00", "2 month", "02/03/2026 17:00", "there is no 31 February: 28/2 is a Saturday, so Monday 2 March"),
    ("BLTTHS Đ147.2, roll off", "31/12/2025 08:00", "2 month", "28/02/2026 17:00", "the same, where the end stays"),
    ("month ends", "31/01/2028 08:00", "1 month", "29/02/2028 17:00", "the last day of February of a leap year"),
    ("month ends", "31/03/2026 08:00", "1 month", "04/05/2026 17:00", "30 April and 1 May are holidays, 2 and 3 May a weekend"),
    ("month ends, from a leap day", "29/02/2028 08:00", "12 month", "28/02/2029 17:00", "2029 has no 29 February"),
    ("Luật Tố cáo Đ30.1", "01/06/2026 08:00", "30 d", "01/07/2026 17:00", "30 calendar days, June has 30"),
    ("Luật Tố cáo (initial handling)", "24/04/2026 08:00", "7 WD", "08/05/2026 17:00", "27/4 is off for Giỗ Tổ (26/4, a Sunday), 30/4 and 1/5 are holidays: 28, 29/4; 4, 5, 6, 7, 8/5"),
    ("the exchange of 2026", "20/08/2026 08:00", "1 WD", "21/08/2026 17:00", "Friday"),
    ("the exchange of 2026", "21/08/2026 08:00", "1 WD", "22/08/2026 17:00", "Saturday 22 August is worked, for Monday 31 August"),
    ("the exchange of 2026", "28/08/2026 08:00", "1 WD", "03/09/2026 17:00", "31/8 is off (worked on 22/8), 1 and 2/9 are National Day"),
    ("NĐ 55/2024 Đ24.3", "03/08/2026 08:00", "30 d", "03/09/2026 17:00", "the 30th day is 2 September, a holiday: the next day worked"),
    ("feedback, default", "25/12/2026 08:00", "10 WD", "11/01/2027 17:00", "Christmas is no holiday; 1/1/2027 is, a Friday"),
]  # fmt: skip

# A limit that stood while the sender was asked. June 2026 has no holiday; the 1st is a Monday.
STANDING = [
    # start | limit | stood from – until | end | why
    ("01/06/2026 09:00", "7 WD", ["03/06/2026 10:00 – 03/06/2026 15:00"], "10/06/2026 17:00", "asked and answered within a day: no day stood"),
    ("01/06/2026 09:00", "7 WD", ["03/06/2026 10:00 – 04/06/2026 08:00"], "11/06/2026 17:00", "it stood at the end of the 3rd: one working day"),
    ("01/06/2026 09:00", "7 WD", ["05/06/2026 16:00 – 08/06/2026 08:00"], "11/06/2026 17:00", "over a weekend: Friday alone is a working day"),
    ("01/06/2026 09:00", "7 WD", ["06/06/2026 09:00 – 07/06/2026 20:00"], "10/06/2026 17:00", "Saturday is no working day"),
    ("01/06/2026 09:00", "7 WD", ["01/06/2026 10:00 – 03/06/2026 09:00"], "11/06/2026 17:00", "the first day never counted (BLDS Đ147.2): the 2nd alone stood"),
    ("01/06/2026 09:00", "7 WD", ["02/06/2026 10:00 – 03/06/2026 09:00", "03/06/2026 10:00 – 05/06/2026 09:00"], "15/06/2026 17:00", "the 2nd, 3rd and 4th: 5, 8 to 12, 15/6"),
    ("01/06/2026 09:00", "20 d", ["05/06/2026 16:00 – 08/06/2026 08:00"], "24/06/2026 17:00", "of days all three count: the 5th, 6th, 7th"),
    ("01/06/2026 09:00", "1 month", ["05/06/2026 16:00 – 08/06/2026 08:00"], "06/07/2026 17:00", "1 July put off by three days is Saturday the 4th, so Monday the 6th"),
    ("13/02/2026 09:00", "5 WD", ["13/02/2026 10:00 – 23/02/2026 09:00"], "27/02/2026 17:00", "it stood over Tết alone, which is off: nothing is owed"),
]  # fmt: skip


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


@pytest.mark.parametrize(("law", "start", "limit", "end", "why"), EXAMPLES, ids=[f"{r[0]}, {r[1]}" for r in EXAMPLES])
def test_the_limit_ends_when_the_law_says(law, start, limit, end, why):
    amount, unit = limit.split()
    calendar = Calendar(SWAP if "+ swap" in law else {})
    found = deadline(at(start), int(amount), unit, calendar, **(STAYS if "roll off" in law else {}))
    assert found == at(end), f"{law}: {limit} from {start} ends {found:%d/%m/%Y %H:%M}, not {end} ({why})"


@pytest.mark.parametrize(("start", "limit", "stood", "end", "why"), STANDING, ids=[row[-1] for row in STANDING])
def test_a_limit_that_stood_is_put_off_in_its_own_unit(start, limit, stood, end, why):
    amount, unit = limit.split()
    spells = [(at(spell[:16]), at(spell[19:])) for spell in stood]
    found = deadline(at(start), int(amount), unit, Calendar(), stood=days_stood(spells))
    assert found == at(end), f"{limit} from {start}, stood {stood}, ends {found:%d/%m/%Y}, not {end} ({why})"


@pytest.mark.django_db
def test_the_command_and_the_table_are_of_one_mind(capsys):
    for law, start, limit, end, _why in EXAMPLES:
        words = [at(start).isoformat(), *limit.split()]
        if "+ swap" in law:
            words += ["--override=2026-01-02=off", "--override=2026-01-10=worked"]
        if "roll off" in law:
            words.append("--no-roll")
        call_command("deadline", *words)
        assert capsys.readouterr().out.splitlines()[0] == at(end).isoformat(), law
