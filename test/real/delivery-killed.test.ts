import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, request as ask, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINE } from '../../src/commands/demo/material.ts';
import { MODELSMITH, modelsmithBeside, type Where } from './support/command.ts';
import { Delivery, type Told } from './support/delivery.ts';
import { freePort, hasRegistry, startRegistry } from './support/docker-registry.ts';

const [ONE, TWO] = ['1.0.0', '1.1.0'] as const;
const RECONCILE = ['reconcile', '--json', '--push', 'off'];

describe.skipIf(!hasRegistry)('a reconciler that is killed while it speaks with a registry', () => {
  let team: Delivery;
  let between: Server;
  const asked: string[] = [];
  let onAsked = (): void => undefined;

  /** The registry moves to another port, and what is asked at the old one is counted and handed on. */
  beforeAll(async () => {
    team = await Delivery.build();
    await team.promote(ONE);
    await team.promote(TWO);
    const old = Number(team.registry.host.split(':')[1]);
    await team.registry.stop();
    const port = await freePort();
    team.registry = await startRegistry(team.path('registry'), { port });
    between = createServer((incoming, outgoing) => {
      const { method = '', url = '', headers } = incoming;
      asked.push(`${method} ${url}`);
      onAsked();
      const onward = ask({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    }).listen(old, '127.0.0.1');
    await once(between, 'listening');
  }, 180_000);
  afterAll(async () => {
    between.closeAllConnections();
    between.close();
    await team.dispose();
  });

  /** Kills the run as its k-th request comes in. @returns whether it was killed. */
  async function killedAt({ env, cwd }: Where, k: number): Promise<boolean> {
    const child = spawn(MODELSMITH[0], [MODELSMITH[1], ...RECONCILE], { env, cwd, stdio: 'ignore' });
    onAsked = () => {
      if (asked.length === k) child.kill('SIGKILL');
    };
    await once(child, 'exit');
    onAsked = () => undefined;
    return child.signalCode === 'SIGKILL';
  }

  it('comes to the same end whenever that was, and moves the tag once', { timeout: 240_000 }, async () => {
    for (let k = 1; k < 30; k += 1) {
      await team.moveByHand('serving', ONE);
      const machine = team.clone(`machine-${k}`);
      asked.length = 0;
      const killed = await killedAt(machine, k);
      const { code, stdout, stderr } = await modelsmithBeside(machine, RECONCILE);
      expect(code, `killed at ${k}: ${stderr}`).toBe(0);
      expect(JSON.parse(stdout) as Told, `killed at ${k}`).toMatchObject({ converged: true });
      expect(await team.manifest(`${LINE}-serving`)).toEqual(await team.manifest(`${LINE}-${TWO}`));
      const written = asked.filter((each) => !/^(?:GET|HEAD) /.test(each));
      expect(written, `killed at ${k}`).toEqual([`PUT /v2/models/claims/manifests/${LINE}-serving`]);
      const receipts = (version: string): number =>
        readdirSync(join(machine.cwd, `promotions/${LINE}/${version}/receipts`)).length;
      expect(receipts(TWO), `killed at ${k}`).toBe(1);
      if (!killed) {
        expect(k).toBeGreaterThan(7);
        return;
      }
    }
    throw new Error('it was killed at every request');
  });
});
