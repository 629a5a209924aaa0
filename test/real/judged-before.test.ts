import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerifyOutput } from '../../src/commands/shared/views/verify-output.ts';
import { warmCommand } from '../attacks/command.ts';
import { everyFile, playDemo, type Demo } from './support/demo.ts';

let demo: Demo;
let warm: ReturnType<typeof warmCommand>;
let count = 0;
beforeAll(() => {
  demo = playDemo();
  warm = warmCommand(demo.where.env);
});
afterAll(() => {
  warm.stop();
  demo.box.dispose();
});

interface Person {
  readonly evidence: string;
  readonly state: string;
}

/** A clone of the demonstration, and a state folder of its own. */
function person(): Person {
  const folder = join(demo.box.root, `person-${count++}`);
  demo.box.git(demo.box.root, ['clone', '-q', '--no-hardlinks', demo.evidence, folder]);
  return { evidence: folder, state: `${folder}-state` };
}

async function json<T>({ evidence, state }: Person, ...words: readonly string[]): Promise<T> {
  const { exit, output, errors } = await warm.ask([...words, '-C', evidence, '--json'], {
    ...demo.where.env,
    MODELSMITH_STATE: state,
    MODELSMITH_INCREMENTAL: '1',
  });
  if (exit !== 0 && exit !== 3) throw new Error(`ended with ${String(exit)}: ${errors}${output}`);
  return JSON.parse(output) as T;
}
const verified = (who: Person, ...words: readonly string[]): Promise<VerifyOutput> =>
  json<VerifyOutput>(who, 'verify', ...words);

const fileOf = ({ state }: Person): string => {
  const folder = join(state, 'judged-before');
  return join(folder, readdirSync(folder)[0] ?? '');
};
const commit = ({ evidence }: Person, ...words: readonly string[]): string => {
  demo.box.git(evidence, ['commit', '-q', '--allow-empty', '--no-gpg-sign', '-m', 'x', ...words]);
  return demo.box.git(evidence, ['rev-parse', 'HEAD']);
};

describe('a history that was verified here before', () => {
  it('is judged from there on, says so, and gives what everything gives', async () => {
    const who = person();
    const first = await verified(who);
    expect(first.judgedBefore).toBeNull();
    commit(who);
    const [again, cold] = [await verified(who), await verified(who, '--cold')];
    expect(again.judgedBefore).toEqual({ commit: first.tip, commits: first.counts.commits });
    expect(again.counts.commits).toBe(first.counts.commits + 1);
    const { remembered, ...rest } = again;
    expect(remembered?.descends).toBe(true);
    expect({ ...rest, judgedBefore: null }).toEqual({ ...cold, remembered: undefined });
  });

  it('is judged whole where something after it is refused, with the same findings', async () => {
    const who = person();
    await verified(who);
    writeFileSync(join(who.evidence, 'overrides.txt'), 'ungoverned\n');
    demo.box.git(who.evidence, ['rm', '-q', '-r', 'policy/rubrics']);
    commit(who);
    const [again, cold] = [await verified(who), await verified(who, '--cold')];
    expect(again.findings.map(({ code }) => code)).toContain('UNSIGNED');
    expect(again).toEqual(cold);
  });

  it.each<readonly [string, (who: Person) => void]>([
    ['others may write to what was kept', (who) => chmodSync(fileOf(who), 0o666)],
    [
      'another build kept it',
      (who) => {
        const text = readFileSync(fileOf(who), 'utf8');
        writeFileSync(fileOf(who), text.replace(/"build": "[0-9a-f]/, '"build": "x'));
      },
    ],
  ])('is judged whole where %s', async (_what, spoil) => {
    const who = person();
    await verified(who);
    spoil(who);
    expect((await verified(who)).judgedBefore).toBeNull();
  });

  it('is refused where an object of its tree is not what it was', async () => {
    const who = person();
    await verified(who);
    const { evidence } = who;
    const git = (...words: readonly string[]): string => demo.box.git(evidence, words);
    const objects = join(evidence, '.git', 'objects');
    const pathOf = (id: string): string => join(objects, id.slice(0, 2), id.slice(2));
    const [policy, signers] = [
      git('rev-parse', 'HEAD:policy/policy.yaml'),
      git('rev-parse', 'HEAD:policy/signers.yaml'),
    ];
    chmodSync(pathOf(policy), 0o644);
    copyFileSync(pathOf(signers), pathOf(policy));
    const { findings, judgedBefore } = await verified(who);
    expect(judgedBefore).toBeNull();
    expect(findings.map(({ code }) => code)).toContain('OBJECT_CORRUPT');
  });

  it('is not looked at by a dry run, and none writes to what was kept', async () => {
    const who = person();
    await json(who, 'status');
    const kept = everyFile(who.state);
    commit(who);
    await json(who, 'comment', 'claims-triage@1.0.0', '--text', 'x', '--dry-run').catch(() => null);
    expect(everyFile(who.state)).toEqual(kept);
    expect(statSync(fileOf(who)).mode & 0o077).toBe(0);
  });

  it('is judged whole without a terminal where nobody said otherwise', async () => {
    const who = person();
    await verified(who);
    const env = { ...demo.where.env, MODELSMITH_STATE: who.state };
    const { output } = await warm.ask(['verify', '-C', who.evidence, '--json'], env);
    expect((JSON.parse(output) as VerifyOutput).judgedBefore).toBeNull();
  });

  it('shows what stands at the tip alike', async () => {
    const who = person();
    await verified(who);
    for (const words of [
      ['status'],
      ['queue'],
      ['show', 'claims-triage@1.0.0'],
      ['signer', 'list'],
      ['policy', 'list'],
    ]) {
      const again = await json<{ at?: string }>(who, ...words);
      const state = `${who.state}-fresh-${count++}`;
      const whole = await json<{ at?: string }>({ ...who, state }, ...words);
      expect({ ...again, at: '' }).toEqual({ ...whole, at: '' });
    }
  });
});
