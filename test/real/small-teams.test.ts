import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lacking, modelsmith, succeed, type Where } from './support/command.ts';
import { atTerminal, type Seen } from './support/screen.ts';
import {
  at,
  harnessOutput,
  IT,
  lockLine,
  person,
  pipeline,
  policyFolder,
  RUBRIC,
  SUBMIT,
  train,
  until,
  type Member,
} from './support/team.ts';

const members: Member[] = [];
afterAll(() => {
  for (const { box } of members) box.dispose();
});

const ONE_SIGNS_ALL = 'SEPARATION_WAIVED  one person runs this repository, so nobody else can sign';

/** From lock to artifact-exported, by the first person and the pipeline. @returns the trust root. */
async function prepared(
  init: readonly string[],
  folder: string,
  change?: (metadata: string) => string,
): Promise<string> {
  const [ana, trainer] = members as [Member, Member];
  const { root } = JSON.parse(succeed(at(ana), ['init', folder, ...init, '--json'])) as { root: string };
  const base = ana.box.write(join(ana.box.root, 'base.json'), harnessOutput('base', 1_704_100_000));
  const locked = lockLine(at(ana), at(trainer, root), folder, base);
  train(trainer, locked + 1, locked + 1, change);
  await until(locked + 1);
  expect(succeed(at(trainer, root), [...SUBMIT, '-C', folder])).toContain(`${IT} is artifact-exported`);
  return root;
}

const approve = (who: Member, where: Where, folder: string): Promise<Seen> =>
  atTerminal(who.box, where, ['approve', IT, '-C', folder], `Looked at it as ${who.id}.`);

describe.skipIf(lacking('tmux', 'gpg'))('small teams', () => {
  it('one person signs twice, and every step says that separation is waived', async () => {
    const ana = person('ana', []);
    const trainer = await pipeline();
    members.unshift(ana, trainer);
    const { box } = ana;
    const folder = join(box.root, 'evidence');
    const root = await prepared(
      [
        ...['--solo', '--person', 'ana', '--line', 'claims-triage', '--core', '0.72', '--held-out', '0.7'],
        ...['--rubric', box.write(join(box.root, 'rubric.json'), RUBRIC)],
        ...['--pipeline-certificate', box.write(join(box.root, 'trainer.asc'), trainer.certificate)],
      ],
      folder,
      (metadata) => metadata.replace('    - triage\n', '').replace('capabilities:', 'capabilities: []'),
    );
    const where = at(ana, root);
    for (const moved of [
      'artifact-exported → customer-deployed',
      'customer-deployed → production-validated',
    ]) {
      const seen = await approve(ana, where, folder);
      expect(seen.exit, seen.text).toBe(0);
      expect(seen.text).toContain(`moved ${moved}`);
      // On the screen before the signature, and in the result after it.
      const [before = '', after = ''] = seen.text.split('What you acknowledge');
      expect([before, after].filter((part) => part.includes(ONE_SIGNS_ALL))).toHaveLength(2);
    }
    for (const args of [['status'], ['status', IT], ['show', IT], ['verify']])
      expect(succeed(where, [...args, '-C', folder]), args.join(' ')).toContain(ONE_SIGNS_ALL);
    for (const args of [['status'], ['status', IT], ['show', IT], ['verify']]) {
      const json = succeed(where, [...args, '--json', '-C', folder]);
      expect(json, args.join(' ')).toMatch(/eparationWaived|SEPARATION_WAIVED/);
    }
  });

  it.each([
    [
      'two',
      [
        ['ana', 'model-owner', 'evaluation-owner', 'domain-expert'],
        ['ben', 'operator', 'governance-approver', 'policy-approver', 'override'],
      ],
      ['ben', 'ana', 'ben'],
    ],
    [
      'three',
      [
        ['ana', 'model-owner', 'evaluation-owner'],
        ['ben', 'operator', 'domain-expert', 'policy-approver'],
        ['cleo', 'governance-approver', 'policy-approver', 'override'],
      ],
      ['ben', 'ben', 'cleo'],
    ],
  ])('%s people need no waiver', async (_many, people, signing) => {
    const humans = people.map(([id = '', ...roles]) => person(id, roles));
    const trainer = await pipeline();
    const [ana] = humans as [Member];
    members.unshift(ana, trainer, ...humans.slice(1));
    const folder = join(ana.box.root, 'evidence');
    const root = await prepared(['--policy', policyFolder(ana.box, [...humans, trainer])], folder);
    for (const id of signing) {
      const who = humans.find((human) => human.id === id) ?? ana;
      const seen = await approve(who, at(who, root), folder);
      expect(seen.exit, seen.text).toBe(0);
      expect(seen.text).not.toContain('SEPARATION_WAIVED');
    }
    const status = succeed(at(ana, root), ['status', IT, '-C', folder]);
    expect(status).toContain('production-validated');
    expect(status).not.toContain('SEPARATION_WAIVED');
    expect(succeed(at(ana, root), ['verify', '-C', folder])).toContain('verified: no findings');
  });

  it('a waiver does not go with licence tier C', async () => {
    const ana = person('ana', [
      'model-owner',
      'evaluation-owner',
      'operator',
      'domain-expert',
      'governance-approver',
      'policy-approver',
      'override',
    ]);
    const trainer = await pipeline();
    members.unshift(ana, trainer);
    const waived = (tier: string) => (policy: string) =>
      `${policy
        .replace('licenceTier: B', `licenceTier: ${tier}`)
        .replace('productionGates: distinct', 'productionGates: same-person')
        .replace('[governance-approval]', '[]')}  reason: there is nobody else\n`;
    const folder = join(ana.box.root, 'evidence');
    const init = (tier: string) =>
      modelsmith(at(ana), ['init', folder, '--policy', policyFolder(ana.box, [ana, trainer], waived(tier))]);
    const refused = init('C');
    expect(refused.code).toBe(65);
    expect(refused.stderr).toContain('licence tier C, where nothing waives it');
    expect(init('B').code).toBe(0);
  });
});
