import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server as TcpServer, type Socket } from 'node:net';
import { answerMessage, type NameServerMode } from './dns-message.ts';
import type { ZoneView } from './zone-answers.ts';
import type { Zones } from './zones.ts';

const TCP_IDLE_MS = 10_000;
/** A port that the system gives for UDP can be taken for TCP. */
const BIND_TRIES = 20;

/** One authoritative server, on UDP and TCP at the same port, that shows each change of a zone only after its lag. */
export class NameServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  mode: NameServerMode = 'normal';
  readonly #zones: Zones;
  readonly #udp: UdpSocket;
  readonly #tcp: TcpServer;
  readonly #connections = new Set<Socket>();
  #lagMs: number;
  // What was shown once stays shown, however the lag changes.
  #shownUntil = -Infinity;

  private constructor(options: NameServerOptions, sockets: { udp: UdpSocket; tcp: TcpServer }) {
    this.name = options.name;
    this.address = options.host;
    this.port = sockets.udp.address().port;
    this.#zones = options.zones;
    this.#lagMs = options.lagSeconds * 1000;
    this.#udp = sockets.udp;
    this.#tcp = sockets.tcp;
    this.#udp.on('message', (bytes, client) => {
      const answer = this.#answer(bytes, 'udp');
      if (answer !== null) this.#udp.send(answer, client.port, client.address);
    });
    // A client that is gone already is no trouble of the server's.
    this.#udp.on('error', () => {});
    this.#tcp.on('connection', (socket) => this.#converse(socket));
  }

  static async start(options: NameServerOptions): Promise<NameServer> {
    return new NameServer(options, await bind(options.host));
  }

  /** Seconds after a change of a zone until this server shows it. */
  get lagSeconds(): number {
    return this.#lagMs / 1000;
  }

  set lagSeconds(seconds: number) {
    this.#shownUntil = this.#horizon();
    this.#lagMs = seconds * 1000;
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    const closed = [once(this.#tcp, 'close'), once(this.#udp, 'close')];
    this.#tcp.close();
    this.#udp.close();
    await Promise.all(closed);
  }

  /** The latest moment whose changes this server shows, in milliseconds of `performance.now()`. */
  #horizon(): number {
    return Math.max(this.#shownUntil, performance.now() - this.#lagMs);
  }

  #answer(bytes: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
    const horizon = this.#horizon();
    const views = this.#zones.listServed().map((zone): ZoneView => {
      const { serial, records } = zone.versionAt(horizon);
      return { name: zone.name, nameServers: zone.nameServers, serial, records };
    });
    return answerMessage(bytes, transport, this.mode, views);
  }

  #converse(socket: Socket): void {
    this.#connections.add(socket);
    let received = Buffer.alloc(0);
    socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const answer = this.#answer(received.subarray(2, end), 'tcp');
        received = received.subarray(end);
        if (answer !== null) socket.write(frame(answer));
      }
    });
  }
}

export interface NameServerOptions {
  name: string;
  host: string;
  lagSeconds: number;
  zones: Zones;
}

/** A DNS message as TCP carries it: behind its length (RFC 1035 §4.2.2). */
export function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

async function bind(host: string): Promise<{ udp: UdpSocket; tcp: TcpServer }> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const tcp = createServer();
    try {
      udp.bind(0, host);
      await once(udp, 'listening');
      tcp.listen(udp.address().port, host);
      await once(tcp, 'listening');
      return { udp, tcp };
    } catch (error) {
      udp.close();
      if (attempt === BIND_TRIES) throw error;
    }
  }
}
