// Join a room with the stock Socket.IO client and print what it was told.
// Arguments: PORT CLIENT TRANSPORT EVENT ARGUMENT, the last one as JSON
const { io } = require("socket.io-client");

const [port, client, transport, event, argument] = process.argv.slice(2);
const said = { events: [], connects: 0 };
const socket = io(`http://127.0.0.1:${port}`, {
  transports: [transport],
  extraHeaders: { "X-Forwarded-For": client },
  reconnectionAttempts: 2,
});
const finish = () => {
  console.log(JSON.stringify(said));
  process.exit(0);
};
socket.on("connect", () => {
  if (said.connects++) return finish();
  socket.emit(event, JSON.parse(argument), (answer) => (said.ack = answer));
});
socket.on("disconnect", (reason) => (said.disconnect = reason));
socket.on("connect_error", (error) => (said.error = error.message));
socket.onAny((name, ...rest) => said.events.push([name, ...rest]));
setTimeout(finish, 2500);
