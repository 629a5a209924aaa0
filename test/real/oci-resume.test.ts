import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasRegistry, startRegistry, type RunningRegistry } from './support/docker-registry.ts';
import { pushProgram } from './support/push-program.ts';
import { smallAdapter } from './support/small-adapter.ts';

const MB = 1024 * 1024;
const root = mkdtempSync(join(tmpdir(), 'resume-'));
afterAll(() => rmSync(root, { recursive: true }));

describe.skipIf(!hasRegistry)('an upload whose process is killed', () => {
  let running: RunningRegistry;
  let program: string;
  beforeAll(async () => {
    running = await startRegistry(join(root, 'registry'));
    program = pushProgram(root);
  });
  afterAll(() => running.stop());

  /** What is between us and the registry: counts what passes, and lets nothing pass from one piece on. */
  async function network() {
    const passed = { pieces: 0, bytes: 0, stallsAt: Infinity, stalled: (): void => undefined };
    const server = createServer((incoming, outgoing) => {
      const { method = '', url = '', headers } = incoming;
      if (method === 'PATCH') {
        passed.pieces += 1;
        if (passed.pieces >= passed.stallsAt) {
          passed.stalled();
          return;
        }
      }
      const [host, port] = running.host.split(':');
      const onward = ask({ host, port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.on('data', (piece: Buffer) => (passed.bytes += method === 'PATCH' ? piece.length : 0));
      incoming.pipe(onward);
      onward.on('error', () => outgoing.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const stop = (): void => {
      server.closeAllConnections();
      server.close();
    };
    return { passed, host: `127.0.0.1:${port}`, stop };
  }

  test('goes on in the next run, and sends nothing again that is there', async () => {
    const order = smallAdapter(join(root, 'adapter'), 'x', 4 * MB);
    const { passed, host, stop } = await network();
    const env = { PATH: process.env['PATH'], HOME: root, XDG_STATE_HOME: join(root, 'state') };
    const push = () => {
      const child = spawn(process.execPath, [program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdin.end(JSON.stringify({ host, repository: 'models/claims', order, pieceBytes: MB }));
      return child;
    };
    // Two small files take a piece each, then two of four pieces of the large one pass.
    passed.stallsAt = 5;
    const killed = push();
    await new Promise<void>((resolve) => (passed.stalled = resolve));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const sent = passed.bytes;
    expect(sent).toBeGreaterThan(2 * MB);
    const kept = join(root, 'state/modelsmith/uploads');
    expect(readdirSync(kept)).toHaveLength(1);
    expect(statSync(join(kept, readdirSync(kept)[0] ?? '')).mode & 0o077).toBe(0);

    passed.stallsAt = Infinity;
    const again = push();
    let said = '';
    again.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await once(again, 'exit');
    expect(said).toBe('sound\n');
    const all = order.artifact.files.reduce((sum, { size }) => sum + size, 0);
    // The manifest's configuration, of some hundred bytes, is sent as well.
    expect(passed.bytes).toBeGreaterThanOrEqual(all);
    expect(passed.bytes).toBeLessThan(all + 2000);
    expect(readdirSync(kept)).toEqual([]);
    stop();
  });
});
