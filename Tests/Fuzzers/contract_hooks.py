"""Which of the requests that schemathesis makes up are sent."""

from urllib.parse import urlencode

import schemathesis

# A head of more than 8 KiB is refused by HTTP's own layer, with an empty 400 as RFC 9112 (section 2.2) lets it: no promise of docs/openapi.yaml.
LONGEST = 4096


@schemathesis.hook
def filter_case(context, case):
    return len(urlencode(case.query or {}, doseq=True)) <= LONGEST
