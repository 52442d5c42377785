"""Files that take long: rough seconds of each, most measured on a machine with other work.

Only the order in which workers begin files comes from here: a number that is no longer true costs time, nothing else.
`pytest FILE` says a better one; a file of less than eight seconds needs no line.
"""

from scripts.console import ROOT

_SECONDS = {
    "tests/assurance/test_small.py": 110,
    "tests/browser/test_lodging_js.py": 60,
    "tests/browser/test_transfers.py": 50,
    "tests/backoffice/test_visibility.py": 33,
    "tests/casemgr/test_room_canaries.py": 32,
    "tests/browser/test_sanctioned.py": 30,
    "tests/live/test_real_sockets.py": 28,
    "tests/browser/test_business.py": 25,
    "tests/browser/test_whole_path.py": 25,
    "tests/browser/test_case_page.py": 24,
    "tests/browser/test_bulletins.py": 22,
    "tests/documents/test_pdfa.py": 22,
    "tests/backoffice/test_bulletins.py": 18,
    "tests/browser/test_styleguide.py": 18,
    "tests/browser/test_cooperation.py": 15,
    "tests/browser/test_live.py": 15,
    "tests/casemgr/test_canaries_cooperation.py": 15,
    "tests/documents/test_pdf_isolation.py": 15,
    "tests/live/test_socket.py": 15,
    "tests/scripts/test_suite.py": 15,
    "tests/browser/test_lodging_flood.py": 14,
    "tests/browser/test_lodging_nojs.py": 12,
    "tests/browser/test_negotiation.py": 12,
    "tests/casemgr/test_canaries.py": 12,
    "tests/casemgr/test_letter_canary.py": 12,
    "tests/live/test_tally.py": 12,
    "tests/backoffice/test_moves.py": 11,
    "tests/browser/test_saved_searches.py": 11,
    "tests/browser/test_search_box.py": 11,
    "tests/casemgr/test_admin.py": 11,
    "tests/casemgr/test_load_demo.py": 11,
    "tests/public/test_tracking.py": 11,
    "tests/search/test_alerts.py": 11,
    "tests/search/test_finding.py": 11,
    "tests/backoffice/test_bulletin_signing.py": 10,
    "tests/backoffice/test_queue.py": 10,
    "tests/browser/test_told.py": 10,
    "tests/bulletins/test_life.py": 10,
    "tests/casemgr/test_endpoints.py": 10,
    "tests/complaints/test_draft_files.py": 10,
    "tests/documents/test_signing_token.py": 10,
    "tests/casemgr/test_settings.py": 9,
    "tests/complaints/test_tables.py": 9,
    "tests/documents/test_pdf_layout.py": 9,
    "tests/bulletins/test_canary.py": 8,
    "tests/bulletins/test_rules.py": 8,
}  # fmt: skip
LONG = {ROOT / file: seconds for file, seconds in _SECONDS.items()}
