-- Prosody 0.12 on loopback, laid out like Jitsi Meet's: anonymous participants and a MUC, by BOSH and WebSocket.
pidfile = "@FOLDER@/prosody.pid"
data_path = "@FOLDER@/data"
certificates = "@FOLDER@/certs"
run_as_root = true
daemonize = false
interfaces = { "127.0.0.1" }
c2s_ports = {}
s2s_ports = {}
https_ports = {}
http_ports = { @PORT@ }
http_interfaces = { "127.0.0.1" }
http_paths = { bosh = "/http-bind", websocket = "/xmpp-websocket" }
http_default_host = "meet.example"
cross_domain_bosh = true
cross_domain_websocket = true
consider_bosh_secure = true
consider_websocket_secure = true
c2s_require_encryption = false
modules_enabled = { "roster", "saslauth", "disco", "ping", "bosh", "websocket", "http" }
modules_disabled = { "s2s", "tls", "offline", "posix" }
log = { info = "*console" }
VirtualHost "meet.example"
  authentication = "anonymous"
Component "conference.meet.example" "muc"
  restrict_room_creation = false
  muc_room_locking = false
  muc_room_default_public_jids = true
