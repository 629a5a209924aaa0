import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, LINE } from '../../src/commands/demo/material.ts';
import { lacking, modelsmith, succeed } from './support/command.ts';
import { atTerminal, type Seen } from './support/screen.ts';
import {
  at,
  harnessOutput,
  IT,
  person,
  pipeline,
  policyFolder,
  SUBMIT,
  train,
  until,
  type Member,
} from './support/team.ts';

const none = lacking('tmux', 'gpg');

/** Every person has a home, a keyring, a pinned root and a clone; they meet in a bare repository only. */
describe.skipIf(none)('a walk from init to deprecated, each at their own terminal', () => {
  let founder: Member, eli: Member, omar: Member, dora: Member, gus: Member, trainer: Member;
  let everybody: readonly Member[] = [];
  let server: string;
  let root: string;
  const cloneOf = (member: Member): string => join(member.box.home, 'evidence');
  const git = (member: Member, ...args: string[]): string => member.box.git(cloneOf(member), args);
  const pull = (member: Member): string => git(member, 'pull', '-q', '--ff-only', 'origin', 'main');
  const push = (member: Member): string => git(member, 'push', '-q', 'origin', 'main');

  beforeAll(async () => {
    founder = person('mia', ['policy-approver', 'ml-manager', 'override']);
    const ana = person('ana', ['model-owner']);
    eli = person('eli', ['evaluation-owner']);
    omar = person('omar', ['operator']);
    dora = person('dora', ['domain-expert']);
    gus = person('gus', ['governance-approver', 'policy-approver']);
    trainer = await pipeline();
    everybody = [founder, ana, eli, omar, dora, gus, trainer];
    server = join(founder.box.root, 'server.git');
    const policy = policyFolder(founder.box, everybody);
    const made = succeed(at(founder), ['init', 'evidence', '--policy', policy]);
    root = /[0-9a-f]{40}:[0-9A-F]{40}/.exec(made)?.[0] ?? '';
    expect(made).toContain('signed by mia');
    founder.box.git(founder.box.root, ['init', '-q', '--bare', server]);
    git(founder, 'remote', 'add', 'origin', server);
    push(founder);
    for (const member of everybody.slice(1)) {
      member.box.git(member.box.home, ['clone', '-q', server, 'evidence']);
      if (member !== ana && member !== trainer)
        succeed(at(member), ['verify', '--root', root, '--pin', '-C', 'evidence']);
    }
  });
  afterAll(() => {
    for (const { box } of everybody) box.dispose();
  });

  /** One person reviews and signs in a terminal, then pushes. */
  async function sign(member: Member, args: readonly string[], reason: string): Promise<Seen> {
    pull(member);
    const seen = await atTerminal(member.box, at(member), [...args, '-C', 'evidence'], reason);
    expect(seen.exit, seen.text).toBe(0);
    // Nothing is wider than the terminal but commands, which are there to be copied.
    for (const line of seen.text.split('\n'))
      if (!line.includes(': modelsmith ')) expect(line.length, line).toBeLessThanOrEqual(80);
    push(member);
    return seen;
  }

  it('carries one adapter all the way', async () => {
    // The yardstick, then the training, then what the pipeline hands in.
    eli.box.write(join(eli.box.home, 'base.json'), harnessOutput('base', 1_704_100_000));
    succeed(at(eli), ['baseline', 'add', LINE, 'base.json', '--model', BASE.name, '-C', 'evidence']);
    push(eli);
    pull(trainer);
    const locked = JSON.parse(
      succeed(at(trainer, root), ['lock', LINE, '--json', '-C', 'evidence']),
    ) as Record<'lock', string>;
    push(trainer);
    const file = join(cloneOf(trainer), `locks/${LINE}/${locked.lock}.json`);
    const lockTime = Date.parse((JSON.parse(readFileSync(file, 'utf8')) as { time: string }).time) / 1000;

    train(trainer, lockTime - 60, lockTime - 30);
    const early = modelsmith(at(trainer, root), [...SUBMIT, '-C', 'evidence']);
    expect(early.code).toBe(3);
    expect(early.stderr).toContain('TRAINING_BEFORE_LOCK');

    train(trainer, lockTime + 1, lockTime + 1);
    await until(lockTime + 1);
    const submitted = succeed(at(trainer, root), [...SUBMIT, '-C', 'evidence']);
    expect(submitted).toContain(`${IT} is artifact-exported`);
    push(trainer);

    // The operator: everything to decide by is on the screen, the proof stands beside each acknowledgement.
    const first = await sign(omar, ['approve', IT], 'Rolled back in staging on Tuesday.');
    const recordFile = join(cloneOf(trainer), `promotions/${LINE}/1.0.0/promotion-record.json`);
    const record = JSON.parse(readFileSync(recordFile, 'utf8')) as {
      request: { artifact: { digest: string } };
    };
    for (const shown of [
      `${IT}   artifact-exported → customer-deployed`,
      'approve at operator-signoff, as omar',
      record.request.artifact.digest,
      `${BASE.name}, pinned to commit`,
      BASE.revision,
      'core         0.808375 at least 0.72: met',
      'held-out     0.785    at least 0.7: met',
      'regressions  0        at most 0: met',
      'routing         core      0.8275  0.6125    +0.215',
      '| # Claims triage 1.0.0',
      '| ## Trigger',
      'machine:  requested, evaluated and exported artifact are the same: yes',
      'machine:  says trigger, steps, who and check: yes',
      'moved artifact-exported → customer-deployed',
      'alias serving: nothing → 1.0.0',
      'signed by omar in commit',
    ])
      expect(first.text).toContain(shown);
    expect(first.prompts.filter((prompt) => !prompt.includes('Enter: '))).toHaveLength(4);

    // Who has no role there is told so, and who could.
    pull(eli);
    const wrong = modelsmith(at(eli), ['approve', IT, '--dry-run', '-C', 'evidence']);
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain('dora');

    const second = await sign(dora, ['approve', IT], 'Judged 60 claims; 57 routed as I would.');
    expect(second.text).toContain('approve at domain-validation, as dora');
    expect(second.text).toContain('operator-signoff');
    expect(second.text).toContain('Rolled back in staging on Tuesday.');
    expect(second.text).toContain('still missing for customer-deployed → production-validated');
    expect(second.text).toContain('gus can run: modelsmith approve');

    const third = await sign(gus, ['promote', IT, '--to', 'production-validated'], 'The bundle is complete.');
    expect(third.text).toContain('moved customer-deployed → production-validated');
    expect(third.text).toContain('alias production: nothing → 1.0.0');

    pull(founder);
    const status = succeed(at(founder), ['status', '-C', 'evidence']);
    expect(status).toMatch(/production-validated/);

    const last = await sign(
      omar,
      ['deprecate', IT, '--reason', 'Nothing to triage any more.', '--retire'],
      '',
    );
    expect(last.text).toContain(`deprecated ${IT}`);
    expect(last.text).toContain('there is no way back');
    expect(last.prompts).toHaveLength(1);
  });

  it('verifies for somebody who has nothing but a clone and the root', () => {
    const stranger = person('stranger', []);
    try {
      stranger.box.git(stranger.box.home, ['clone', '-q', server, 'evidence']);
      const unknown = modelsmith(at(stranger), ['verify', '-C', 'evidence']);
      expect(unknown.code).toBe(78);
      const verified = succeed(at(stranger), ['verify', '--content', '--root', root, '-C', 'evidence']);
      expect(verified).toContain('verified: no findings');
      expect(verified).toContain('8 commits, 8 governed, 8 signatures, 1 iteration');
      const log = succeed(at(stranger, root), ['log', '-C', 'evidence']);
      for (const who of ['mia', 'eli', 'trainer', 'omar', 'dora', 'gus']) expect(log).toContain(who);
      expect(log).toContain('Judged 60 claims; 57 routed as I would.');
    } finally {
      stranger.box.dispose();
    }
  });
});
