// The line to the service: a WebSocket; polling where none gets through. Knows frames, not the page.
//
// Emits "frame" (one object of the protocol, whichever way it came) and "line" (detail: up or not).
const PING = 25_000;
const PATIENCE = 10_000; // for an answer to a ping, a hello, an acknowledgement
const FIRST_WAIT = 600;
const LONGEST_WAIT = 20_000;
const SOCKETS_TO_TRY = 2;
const SOCKET_AGAIN = 60_000;
const FOREIGN = 4403;
const NO_SESSION = 4401;
const TOO_LARGE = [4413, 1009];
const POLL_SECONDS = 20;

export class Line extends EventTarget {
  lastSeen = 0;
  #socket = null;
  #up = null; // not known yet
  #closed = true;
  #polling = null; // an AbortController while polling
  #failures = 0;
  #lostSockets = 0;
  #sent = null; // the id of what was sent last
  #socketWorks = false; // it did once: worth trying as soon as the network is back
  #timers = {};
  #session;

  /** `session()` gives the body of POST /chat/session. */
  constructor(session) {
    super();
    this.#session = session;
    addEventListener("online", () => this.wake());
    addEventListener("pageshow", () => this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    addEventListener("offline", () => this.#lost());
  }

  get up() {
    return this.#up === true;
  }

  /** Begin, or go on with, the conversation of this browser. */
  async open() {
    this.#closed = false;
    const answer = await this.#post("/chat/session", this.#session());
    if (this.#closed) return;
    if (!answer?.ok) {
      this.#tell(false);
      return this.#again(() => this.open());
    }
    this.#emit({ ...(await answer.json()), whole: true });
    this.#connect();
  }

  /** Stop for good: nothing is sent or received until `open`. */
  close() {
    this.#closed = true;
    this.#drop();
    this.#stopPolling();
    clearTimeout(this.#timers.again);
    clearTimeout(this.#timers.socket);
    this.#tell(false);
  }

  /** Something may have changed (network, sleep, a tab shown again): see at once if the line lives. */
  wake() {
    if (this.#closed) return;
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#ping();
    clearTimeout(this.#timers.again);
    this.#timers.next?.();
    if (this.#polling) this.#connect();
  }

  /** Somebody is here, and reads this language, though nothing was sent. */
  stay() {
    if (!this.#closed) this.#post("/chat/session", this.#session());
  }

  send(message) {
    if (this.#polling) return void this.#sendByPost(message);
    if (!this.#up) return;
    this.#sent = message.id;
    this.#socket.send(JSON.stringify(message));
    this.#expectFrame();
  }

  // ---- socket

  #connect() {
    if (this.#closed || this.#socket) return;
    const address = new URL(`/chat?after=${this.lastSeen}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onmessage = (event) => this.#received(JSON.parse(event.data));
    socket.onclose = (event) => this.#lost(event.code);
    this.#expectFrame();
  }

  #received(frame) {
    clearTimeout(this.#timers.expect);
    clearTimeout(this.#timers.ping);
    this.#timers.ping = setTimeout(() => this.#ping(), PING);
    if (frame.type === "hello") {
      this.#failures = this.#lostSockets = 0;
      this.#socketWorks = true;
      this.#stopPolling();
    }
    this.#emit(frame);
    if (frame.type === "hello") this.#tell(true);
  }

  #ping() {
    this.#socket.send('{"type":"ping"}');
    this.#expectFrame();
  }

  // A line that says nothing for so long is dead, whatever the browser believes.
  #expectFrame() {
    clearTimeout(this.#timers.expect);
    this.#timers.expect = setTimeout(() => this.#lost(), PATIENCE);
  }

  #drop() {
    clearTimeout(this.#timers.expect);
    clearTimeout(this.#timers.ping);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lost(code) {
    if (this.#closed) return;
    if (code === FOREIGN) return this.close();
    if (TOO_LARGE.includes(code)) this.#emit({ type: "refused", id: this.#sent });
    const wasUp = this.#up && !this.#polling;
    this.#drop();
    if (this.#polling) return this.#socketLater();
    this.#tell(false);
    if (code === NO_SESSION) return this.#over(() => this.#again(() => this.open()));
    this.#lostSockets = wasUp ? 0 : this.#lostSockets + 1;
    if (this.#lostSockets >= SOCKETS_TO_TRY) return this.#startPolling();
    this.#again(() => this.#connect());
  }

  // No session: one that had begun was closed elsewhere, and nothing of it goes into another one.
  #over(begin) {
    if (this.lastSeen) this.#emit({ type: "ended", reason: "closed" });
    else begin();
  }

  // ---- polling

  #startPolling() {
    this.#polling = new AbortController();
    this.#socketLater();
    this.#poll(this.#polling.signal);
  }

  #stopPolling() {
    this.#polling?.abort();
    this.#polling = null;
    clearTimeout(this.#timers.socket);
  }

  #socketLater() {
    clearTimeout(this.#timers.socket);
    this.#timers.socket = setTimeout(() => this.#connect(), SOCKET_AGAIN * (1 + Math.random() / 4));
  }

  async #poll(signal) {
    let wait = 0; // the first answer comes at once: it says whether this way works
    while (!signal.aborted) {
      const answer = await this.#fetch(`/chat/messages?after=${this.lastSeen}&wait=${wait}`, { signal });
      const part = answer?.ok ? await answer.json().catch(() => null) : null; // null: it was cut off
      if (signal.aborted) return;
      if (part) {
        this.#failures = 0;
        if (!this.#up && this.#socketWorks) this.#connect();
        wait = POLL_SECONDS;
        this.#spread(part);
        this.#tell(true);
      } else if (answer?.status === 401) {
        this.#stopPolling();
        const { code } = await answer.json().catch(() => ({}));
        if (code === "web.idle") return this.#emit({ type: "ended", reason: "idle" });
        return this.#over(() => this.open());
      } else {
        this.#tell(false);
        await new Promise((done) => this.#again(done));
      }
    }
  }

  async #sendByPost(message) {
    const answer = await this.#post("/chat/messages", message);
    if (this.#closed) return;
    if (answer?.ok) {
      this.#emit({ type: "stored", id: message.id });
      this.#spread(await answer.json());
    } else if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 401) {
      this.#emit({ type: "refused", id: message.id, ...(await answer.json().catch(() => ({}))) });
    } else {
      this.#tell(false);
      this.#stopPolling();
      this.#again(() => this.#startPolling());
    }
  }

  #spread({ entries, panel }) {
    for (const entry of entries) this.#emit(entry);
    this.#emit({ type: "panel", panel });
  }

  // ---- both

  #post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return this.#fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  #fetch(path, options) {
    return fetch(path, { cache: "no-store", ...options }).catch(() => null);
  }

  // Later each time, and never all phones at once.
  #again(act) {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
    const next = () => {
      this.#timers.next = null;
      act();
    };
    this.#timers.next = next;
    clearTimeout(this.#timers.again);
    this.#timers.again = setTimeout(next, longest * (0.5 + Math.random() / 2));
  }

  #emit(frame) {
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    if (frame.seq) this.lastSeen = Math.max(this.lastSeen, frame.seq);
    if (frame.type === "hello") this.lastSeen = frame.last;
  }

  #tell(up) {
    if (this.#up === up) return;
    this.#up = up;
    this.dispatchEvent(new CustomEvent("line", { detail: up }));
  }
}
