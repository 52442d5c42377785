"""Files that take long: rough seconds of each alone, waiting included, the longer of both profiles.

Only the order in which workers begin files comes from here: a number that is no longer true costs time, nothing else. Measured
with `pytest FILE`; a file of less than eight seconds needs no line.
"""

from scripts.console import ROOT

_SECONDS = {
    "tests/assurance/test_small.py": 110,
    "tests/browser/test_lodging_js.py": 60,
    "tests/browser/test_transfers.py": 50,
    "tests/backoffice/test_visibility.py": 33,
    "tests/casemgr/test_room_canaries.py": 32,
    "tests/browser/test_sanctioned.py": 30,
    "tests/documents/test_pdf_isolation.py": 25,
    "tests/browser/test_whole_path.py": 25,
    "tests/browser/test_case_page.py": 24,
    "tests/documents/test_pdfa.py": 22,
    "tests/browser/test_bulletins.py": 22,
    "tests/documents/test_signing_token.py": 20,
    "tests/browser/test_styleguide.py": 18,
    "tests/backoffice/test_bulletins.py": 18,
    "tests/documents/test_pdf_layout.py": 17,
    "tests/bulletins/test_life.py": 16,
    "tests/casemgr/test_canaries_cooperation.py": 15,
    "tests/bulletins/test_rules.py": 14,
    "tests/backoffice/test_bulletin_signing.py": 13,
    "tests/casemgr/test_canaries.py": 12,
    "tests/casemgr/test_letter_canary.py": 12,
    "tests/casemgr/test_endpoints.py": 12,
    "tests/casemgr/test_load_demo.py": 11,
    "tests/casemgr/test_admin.py": 11,
    "tests/backoffice/test_moves.py": 11,
    "tests/bulletins/test_listing.py": 10,
    "tests/backoffice/test_queue.py": 10,
    "tests/casemgr/test_settings.py": 9,
    "tests/documents/test_signing.py": 9,
    "tests/documents/test_signing_stamp.py": 8,
    "tests/bulletins/test_paper.py": 9,
    "tests/bulletins/test_canary.py": 8,
}  # fmt: skip
LONG = {ROOT / file: seconds for file, seconds in _SECONDS.items()}
