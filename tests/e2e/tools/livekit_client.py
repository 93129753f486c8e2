"""Join a LiveKit room with the stock Python SDK and print the result.  Arguments: URL TOKEN"""

import asyncio
import json
import sys

from livekit import rtc


async def main(url: str, token: str) -> None:
    room = rtc.Room()
    try:
        await asyncio.wait_for(room.connect(url, token), 60)
        said = "connected"
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is the result
        said = str(error)
    print(json.dumps({"said": said}))


asyncio.run(main(*sys.argv[1:]))
