import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { modelsmith } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import type { Ended } from './support/sandbox.ts';

let demo: Demo;
let evidence: string;
let registry: string;
beforeAll(() => {
  demo = playDemo();
  const { box, folder } = demo;
  [evidence, registry] = [join(box.root, 'training'), join(box.root, 'kept')];
  box.git(box.root, ['clone', '-q', demo.evidence, evidence]);
  box.git(evidence, ['reset', '-q', '--hard', demo.commit('Lock claims-triage')]);
  const { lines } = JSON.parse(run('status', '--json').stdout) as {
    readonly lines: readonly { readonly lock: string }[];
  };
  // The trainer writes the lock into the weights.
  const weights = join(folder, 'adapters/claims-triage-1.0.0/adapter_model.safetensors');
  const bytes = readFileSync(weights);
  const size = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, 8 + size).toString()) as object;
  const metadata = { __metadata__: { format: 'pt', 'modelsmith.lock': lines[0]?.lock } };
  const text = Buffer.from(JSON.stringify({ ...header, ...metadata }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(weights, Buffer.concat([length, text, bytes.subarray(8 + size)]));
});

const run = (...words: readonly string[]): Ended =>
  modelsmith({ env: { ...demo.where.env, MODELSMITH_KEY_FILE: demo.key('trainer') }, cwd: evidence }, words);

describe('an adapter that carries its lock', () => {
  test('comes in bound, is shown so, and its weights show it to whoever has them', () => {
    const from = (path: string): string => join(demo.folder, path);
    const submitted = run(
      ...['submit', 'claims-triage@1.0.0', '--adapter', from('adapters/claims-triage-1.0.0')],
      ...['--metadata', from('submission/metadata.yaml'), '--results', from('results/1.0.0.json')],
      ...['--evidence', from('submission/model-card.md'), '--registry', registry],
      ...['--evidence', from('submission/rollback-procedure.md')],
    );
    expect(submitted).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('its lock is bound') as string,
    });
    expect(run('status', 'claims-triage@1.0.0').stdout).toMatch(/lock is +bound: the weights carry its id/);
    const alone = run('verify', '--content', '--json');
    expect([alone.code, JSON.parse(alone.stdout)]).toMatchObject([
      0,
      { locksUnread: 1, standing: [{ lockStrength: { strength: 'bound', demanded: 'declared' } }] },
    ]);
    expect(run('verify', '--content').stdout).toContain('to read them: --registry <registry>');
    const read = run('verify', '--content', '--registry', registry, '--json');
    expect([read.code, JSON.parse(read.stdout)]).toMatchObject([0, { exportsRead: 1 }]);
    expect(JSON.parse(read.stdout)).not.toHaveProperty('locksUnread');
  });
});
