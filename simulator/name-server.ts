import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server as TcpServer, type Socket } from 'node:net';
import { type NameServerMode, respond } from './dns-message.ts';
import { frame, splitFrames } from './tcp-framing.ts';
import type { ServedZone } from './zone-answers.ts';
import type { Zones } from './zones.ts';

const tcpIdleMs = 10_000;
const maxBindAttempts = 20;

export interface NameServerOptions {
  name: string;
  /** IP address to listen on. */
  host: string;
  lagSeconds: number;
  zones: Zones;
}

/** An authoritative name server on one port for UDP and TCP. It serves each change of a zone only after its lag. */
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
  // A longer lag does not take back changes that were already served.
  #servedUntil = -Infinity;

  private constructor(options: NameServerOptions, sockets: { udp: UdpSocket; tcp: TcpServer }) {
    this.name = options.name;
    this.address = options.host;
    this.port = sockets.udp.address().port;
    this.#zones = options.zones;
    this.#lagMs = options.lagSeconds * 1000;
    this.#udp = sockets.udp;
    this.#tcp = sockets.tcp;
    this.#udp.on('message', (bytes, client) => {
      const response = this.#respond(bytes, 'udp');
      if (response !== null) this.#udp.send(response, client.port, client.address);
    });
    // Sending to a client that has closed its socket fails; that must not stop the server.
    this.#udp.on('error', () => {});
    this.#tcp.on('connection', (socket) => this.#serveConnection(socket));
  }

  /** Starts a server on a free port. */
  static async start(options: NameServerOptions): Promise<NameServer> {
    return new NameServer(options, await bind(options.host));
  }

  /** Real seconds from a change of a zone until this server serves it. */
  get lagSeconds(): number {
    return this.#lagMs / 1000;
  }

  set lagSeconds(seconds: number) {
    this.#servedUntil = this.#latestServed();
    this.#lagMs = seconds * 1000;
  }

  /** Closes the sockets and all open TCP connections. */
  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    const closed = [once(this.#tcp, 'close'), once(this.#udp, 'close')];
    this.#tcp.close();
    this.#udp.close();
    await Promise.all(closed);
  }

  /** The time up to which this server serves changes, in milliseconds of `performance.now()`. */
  #latestServed(): number {
    return Math.max(this.#servedUntil, performance.now() - this.#lagMs);
  }

  #respond(bytes: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
    const latest = this.#latestServed();
    const zones = this.#zones.listServed().map((zone): ServedZone => {
      const { serial, records } = zone.versionAt(latest);
      return { name: zone.name, nameServers: zone.nameServers, serial, records };
    });
    return respond(bytes, transport, this.mode, zones);
  }

  #serveConnection(socket: Socket): void {
    this.#connections.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.setTimeout(tcpIdleMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('data', (bytes) => {
      const { messages, rest } = splitFrames(Buffer.concat([received, bytes]));
      received = rest;
      for (const message of messages) {
        const response = this.#respond(message, 'tcp');
        if (response !== null) socket.write(frame(response));
      }
    });
  }
}

/** Binds UDP to a free port and TCP to the same one; tries again with another port when TCP has that port in use. */
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
      if (attempt === maxBindAttempts) throw error;
    }
  }
}
