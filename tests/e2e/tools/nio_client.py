"""Join a Matrix room with matrix-nio and print what it answers.  Arguments: PORT CLIENT USER TOKEN ROOM"""

import asyncio
import json
import sys

from nio import AsyncClient, AsyncClientConfig, JoinError


async def main(port: str, client: str, user: str, token: str, room: str) -> None:
    config = AsyncClientConfig(
        custom_headers={"X-Forwarded-For": client}, max_limit_exceeded=0, max_timeouts=0
    )
    nio = AsyncClient(f"http://127.0.0.1:{port}", user, config=config)
    nio.access_token = token
    answer = await nio.join(room)
    await nio.close()
    said = {"kind": type(answer).__name__}
    if isinstance(answer, JoinError):
        said |= {"status": answer.status_code, "message": answer.message}
    else:
        said |= {"room_id": answer.room_id}
    print(json.dumps(said))


asyncio.run(main(*sys.argv[1:]))
