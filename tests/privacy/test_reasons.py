"""Whatever outlives its person says why in words that readers see, in their language."""

import portal.tables  # noqa: F401 - the data map is what the tables declare
from portal.datamap import PERSONS, register
from portal.privacy.certificate import REASONS
from portal.privacy.inventory import CALL_LIST_REASON, UNPROVEN_REASON


def test_every_reason_of_the_data_map_is_in_the_catalogues() -> None:
    found = {row.entry.because for row in register() if PERSONS[row.entry.subject]} - {""}
    assert found | {CALL_LIST_REASON, UNPROVEN_REASON} == set(REASONS)
