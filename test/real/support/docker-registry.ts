import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Debian's docker-registry, with everything it has in a folder of its own. */

export const hasRegistry = spawnSync('docker-registry', ['--version']).status === 0;
if (!hasRegistry) console.warn('skipped: docker-registry is not installed');

/** A hash of `U*U`, from the test vectors of bcrypt; the registry reads nothing else. */
export const USER = { name: 'pia', secret: 'U*U' };
const BCRYPT = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

export interface RunningRegistry {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** The certificate to trust, where it speaks TLS. */
  readonly certificate: string;
  stop(): Promise<void>;
}

export async function startRegistry(
  folder: string,
  {
    password = false,
    tls = false,
    port: wanted,
  }: { readonly password?: boolean; readonly tls?: boolean; readonly port?: number } = {},
): Promise<RunningRegistry> {
  mkdirSync(folder, { recursive: true });
  const port = wanted ?? (await freePort());
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  if (tls)
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ],
        ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
        ...['-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
  if (password) writeFileSync(join(folder, 'htpasswd'), `${USER.name}:${BCRYPT}\n`);
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: 'of this test alone',
      ...(tls && { tls: { certificate, key } }),
    },
    ...(password && { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
  };
  // YAML has JSON in it.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  await listening(child, port);
  return {
    host: `127.0.0.1:${port}`,
    certificate,
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const ok = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (ok) return;
    await pause(50);
  }
  throw new Error('docker-registry does not listen');
}
