"""Numbers in addresses: a number that no catalogue can hold is of nothing that there is."""

from __future__ import annotations

from starlette.convertors import IntegerConvertor, register_url_convertor

# A catalogue counts to 2^63 - 1.
LARGEST = 2**63 - 1
_DIGITS = len(str(LARGEST)) - 1


class Whole(IntegerConvertor):
    """A whole number in an address, such as `/items/{number:whole}`."""

    regex = f"[0-9]{{1,{_DIGITS}}}"


register_url_convertor("whole", Whole())
