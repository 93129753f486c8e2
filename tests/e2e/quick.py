"""A script for mitmdump, beside the fence: what it writes every few seconds it writes at once, so that tests can wait."""

from datetime import timedelta

from joinfence.loading import tracker
from joinfence.monitoring.status import fence_state, heartbeat
from joinfence.records import recorder

for module in (fence_state, heartbeat):
    vars(module).update(HEARTBEAT=timedelta(seconds=1))
vars(tracker).update(INTERVAL=0.3)
vars(recorder).update(INTERVAL=0.3)
