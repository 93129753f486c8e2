"""The join fence for mitmproxy: `mitmdump -s addons/geofence.py --mode reverse:http://127.0.0.1:8000`.

Set `--set geofence_config=FILE` for a configuration of your own.
"""

from joinfence.proxy.addon import Geofence

addons = [Geofence()]
