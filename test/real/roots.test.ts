import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import { trustStore } from '../../src/adapters/config/trust-store.ts';
import { BASE, LINE } from '../../src/commands/demo/material.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import type { Anchor } from '../../src/ports/anchors.ts';
import { MemoryObjects } from '../properties/memory-objects.ts';
import { acting, type Acted } from './support/acting.ts';
import { lacking } from './support/command.ts';
import { keyOf } from './support/keys.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';
import { harnessOutput, policyFolder, type Member } from './support/team.ts';
import type { Fingerprint } from '../../src/domain/names.ts';

const HOUR = 3600;
const ROLES = {
  ana: ['policy-approver', 'override', 'model-owner'],
  gus: ['policy-approver', 'governance-approver', 'domain-expert', 'security-owner'],
  eli: ['evaluation-owner', 'operator', 'domain-expert'],
  trainer: ['pipeline'],
} as const;
type Name = keyof typeof ROLES;

describe.skipIf(lacking('git'))('another root', () => {
  let box: Sandbox;
  let evidence: string;
  let root = '';
  let now = START + HOUR;

  beforeAll(async () => {
    box = sandbox();
    evidence = join(box.root, 'evidence');
    const folder = policyFolder(box, await members());
    root = rootIn(await as('ana', ['init', evidence, '--policy', folder, '--json'], { directory: null }));
    const results = box.write(join(box.root, 'base.json'), harnessOutput('base', now - HOUR));
    await done('eli', ['baseline', 'add', LINE, results, '--model', BASE.name]);
  });
  afterAll(() => box.dispose());

  async function members(): Promise<readonly Member[]> {
    return await Promise.all(
      (Object.keys(ROLES) as Name[]).map(async (id) => {
        const key = await keyOf(id);
        box.write(join(box.root, `${id}.key.asc`), key.privateArmored, 0o600);
        return { id, roles: ROLES[id], box, fingerprint: key.fingerprint, certificate: key.publicArmored };
      }),
    );
  }
  async function as(
    name: Name,
    argv: readonly string[],
    { directory = evidence, by = root }: { directory?: string | null; by?: string } = {},
  ): Promise<Acted> {
    now += HOUR;
    const key = { MODELSMITH_KEY_FILE: join(box.root, `${name}.key.asc`) };
    const env = { ...box.env, ...key, ...(by !== '' && { MODELSMITH_ROOT: by }) };
    const words = directory === null ? argv : [...argv, '-C', directory];
    return await acting({ env, cwd: box.root }, words, { now: () => now });
  }
  async function done(name: Name, argv: readonly string[], by = root): Promise<string> {
    const { code, stdout, stderr } = await as(name, argv, { by });
    expect(code, `${argv.join(' ')}\n${stderr}`).toBe(0);
    return stdout;
  }
  const rootIn = ({ stdout, stderr }: Acted): string => {
    expect(stderr).toBe('');
    return (JSON.parse(stdout) as { root: string }).root;
  };
  const head = (): string => box.git(evidence, ['rev-parse', 'HEAD']);

  it('is an approved later commit, from which judging may start', async () => {
    const later = `${head()}:${(await keyOf('eli')).fingerprint}`;
    // Its content is not on trust as long as nobody approved that.
    const early = await as('eli', ['verify'], { by: later });
    expect([early.code, early.stdout]).toEqual([3, expect.stringContaining('ROOT_NOT_BARE')]);

    await done('eli', ['root', 'propose', head(), '--reason', 'Short enough for CI']);
    await done('ana', ['policy', 'approve']);
    expect((await as('eli', ['root', 'move'])).code).toBe(66);
    await done('gus', ['policy', 'approve']);
    expect(await done('eli', ['root', 'move'])).toContain(`moved to the trust root ${later}`);
    expect(await done('eli', ['verify'], later)).toContain('verified: no findings');
    expect(await done('eli', ['verify'])).toContain('verified: no findings');
    // What was judged from there is no ground for a branch that left before it was approved.
    const objects = MemoryObjects.load(evidence, box.env);
    const judge = (tip: string, anchors: readonly Anchor[] = []) =>
      verifyHistory(objects.reader(), openpgpVerifier(), {
        ...{ tip, anchors, tipOnly: true, now, objectFormat: 'sha1' },
        root: { commit: later.split(':')[0] ?? '', signer: later.split(':')[1] as Fingerprint },
      });
    const { anchors } = await judge(head());
    expect((await judge(head(), anchors ?? [])).before?.commit).toBe(head());
    const left = await judge(box.git(evidence, ['rev-parse', 'HEAD~1']), anchors ?? []);
    expect(left.findings.map(({ reason: { code } }) => code)).toContain('ROOT_NOT_BARE');
    // A commit next to it is still none.
    const [other] = box.git(evidence, ['rev-list', '--max-count=1', 'HEAD']).split('\n');
    const wrong = `${other ?? ''}:${(await keyOf('gus')).fingerprint}`;
    expect((await as('eli', ['verify'], { by: wrong })).stdout).toContain('ROOT_NOT_BARE');
  });

  it('takes evidence over when all keys are lost', async () => {
    const tip = head();
    const folder = policyFolder(box, await members());
    const elsewhere = await as('gus', ['init', evidence, '--policy', folder, '--continues', 'a'.repeat(40)], {
      directory: null,
    });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([64, expect.stringContaining('stands at')]);
    expect(head()).toBe(tip);

    const made = await as('gus', ['init', evidence, '--policy', folder, '--continues', tip, '--json'], {
      directory: null,
    });
    const fresh = rootIn(made);
    expect(await done('eli', ['verify'], fresh)).toContain('verified: no findings');
    expect(box.git(evidence, ['show', 'HEAD:modelsmith.yaml'])).toContain(`continues: ${tip}`);
    expect(box.git(evidence, ['ls-tree', '--name-only', 'HEAD'])).toContain('baselines');
    // Under the old root the new one is a change of the law nobody approved.
    const old = await as('eli', ['verify']);
    expect([old.code, old.stdout]).toEqual([3, expect.stringContaining('LAW_CHANGED')]);
  });
});

describe('pinned roots', () => {
  it('move from the one that was verified, and from no other', async () => {
    const box = sandbox();
    try {
      const store = trustStore(box.env);
      const [a, b, c] = ['a', 'b', 'c'].map((digit) => ({
        commit: digit.repeat(40),
        signer: 'F'.repeat(40) as Fingerprint,
      }));
      if (a === undefined || b === undefined || c === undefined) throw new Error('three roots');
      const id = '0123456789abcdefghjkmnpqrs';
      await store.pin(id, a);
      await expect(store.pin(id, b)).rejects.toMatchObject({ code: 'CANNOT_CREATE' });
      await expect(store.move(id, b, c)).rejects.toMatchObject({ code: 'CANNOT_CREATE' });
      await store.move(id, a, b);
      expect(await store.rootOf(id)).toEqual(b);
      await store.move(id, a, b);
      expect(await store.rootOf(id)).toEqual(b);
    } finally {
      box.dispose();
    }
  });
});
