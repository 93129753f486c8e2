// A Socket.IO server with the events of MiroTalk P2P (join) and SFU (createRoom, join), and how many are in each room.
// Argument: PORT
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const [port] = process.argv.slice(2);
const rooms = (io, name) => io.sockets.adapter.rooms.get(name)?.size ?? 0;
const http = createServer((request, response) => {
  if (request.url.startsWith("/rooms/")) response.end(String(rooms(io, decodeURIComponent(request.url.slice(7)))));
});
const io = new Server(http, { cors: { origin: "*" } });
io.on("connection", (socket) => {
  // SFU: the room is the one of createRoom, whatever join names.
  socket.on("createRoom", ({ room_id }, answer) => {
    socket.data.room = room_id;
    answer?.({ room_id });
  });
  socket.on("join", ({ channel }, answer) => {
    const room = socket.data.room ?? channel;
    socket.join(room);
    socket.emit("joined", room);
    answer?.({ room });
  });
  socket.on("chat", ({ room, text }) => io.to(room).emit("chat", text));
});
http.listen(Number(port), "127.0.0.1", () => console.log("listening"));
