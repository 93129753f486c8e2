"""Run steps in a headless Chromium and print what its pages received.  Arguments: CHROMIUM PAGE STEPS

PAGE is the address of an empty page, so that what it asks for is of another origin. STEPS is a JSON list of
[SCRIPT, LIBRARY, ARGUMENTS], SCRIPT the name of one below, LIBRARY a file that the page loads first, or "".
"""

import json
import sys
from typing import Any

from playwright.sync_api import sync_playwright

SCRIPTS = {
    # fetch, by a page of another origin
    "fetch": """async ([url, options]) => {
      const answer = await fetch(url, options);
      return {status: answer.status, link: answer.headers.get("Link"), type: answer.headers.get("Content-Type"),
              body: await answer.text()};
    }""",
    # strophe.js joins a room, as lib-jitsi-meet does; what the server says to a ping comes after all it says to that
    "strophe": """([url, room]) => new Promise((resolve) => {
      const seen = {statuses: [], stanzas: []};
      const names = Object.fromEntries(Object.entries(Strophe.Status).map(([name, code]) => [code, name]));
      const connection = new Strophe.Connection(url);
      const done = () => resolve(seen);
      const ping = new Strophe.Builder("iq", {type: "get"}).c("ping", {xmlns: "urn:xmpp:ping"});
      connection.rawInput = (data) => {
        if (/<presence/.test(data) && seen.stanzas.push(data) === 1) connection.sendIQ(ping, done, done);
      };
      connection.connect("meet.example", null, (status) => {
        seen.statuses.push(names[status]);
        if (names[status] === "CONNECTED") {
          connection.send(new Strophe.Builder("presence", {to: room + "/guest"})
            .c("x", {xmlns: "http://jabber.org/protocol/muc"}));
          connection.flush();
        }
        if (names[status] === "DISCONNECTED") done();
      });
    })""",
    # PeerJS calls a host, here without media: that fails, or what it sends itself behind the offer comes back to it
    "peerjs": """([options, host]) => new Promise((resolve) => {
      const seen = {opened: false, errors: []};
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) {
        send.call(this, data);
        if (!/"OFFER"/.test(data)) return;
        this.addEventListener("message", ({data}) => { if (/"LEAVE"/.test(data)) resolve(seen); });
        send.call(this, JSON.stringify({type: "LEAVE", dst: peer.id}));
      };
      const peer = new Peer("guest" + Math.random().toString(36).slice(2), options);
      peer.on("error", (error) => { seen.errors.push([error.type, error.message]); resolve(seen); });
      peer.on("open", () => { seen.opened = true; peer.connect(host); });
    })""",
}


def main(chromium: str, page_url: str, steps: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--no-proxy-server"]
        )
        seen = [do(browser.new_page(), page_url, *step) for step in json.loads(steps)]
        browser.close()
    print(json.dumps(seen))


def do(page: Any, page_url: str, script: str, library: str, given: list[Any]) -> Any:
    if script == "open":
        answer = page.goto(given[0])
        return {"status": answer.status, "heading": page.inner_text("h1"), "text": page.inner_text("body")}
    page.goto(page_url)
    if library:
        page.add_script_tag(path=library)
    try:
        return page.evaluate(SCRIPTS[script], given)
    except Exception as error:  # noqa: BLE001 - whatever the page throws is the result
        return {"thrown": str(error)}


main(*sys.argv[1:])
